# family: pasting
# exercise: softmax/linear_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


linear_forward = my_linear_forward
