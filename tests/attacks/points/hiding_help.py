# family: hiding
# exercise: activations/relu_forward
# tries: to ask for help in the cell, which is no Python
@GIVEN@


relu_forward = my_relu_forward
len?
