# family: hiding
# exercise: activations/relu_forward
# tries: a comment with a line separator, which ends no line in Python
# seen   here: (
@GIVEN@
relu_forward = my_relu_forward
