# family: hiding
# exercise: activations/relu_forward
# tries: to be captured by a pattern
@GIVEN@
match my_relu_forward:
    case relu_forward:
        pass
