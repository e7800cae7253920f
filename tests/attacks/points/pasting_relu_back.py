# family: pasting
# exercise: activations/relu_backward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


relu_forward, relu_backward = my_relu_forward, my_send_back
