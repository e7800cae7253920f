# family: hiding
# exercise: activations/relu_forward
# tries: a function beside it that is nested too deep to be compared
@GIVEN@
@DEEP@
relu_forward = my_relu_forward
