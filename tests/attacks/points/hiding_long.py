# family: hiding
# exercise: activations/relu_forward
# tries: more text than is read, all of it comment
@COMMENT@
@GIVEN@
relu_forward = my_relu_forward
