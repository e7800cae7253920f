# family: hiding
# exercise: activations/relu_forward
# tries: a name that is taken before something harmless gets it
@GIVEN@
relu_forward = my_relu_forward


def my_relu_forward(x):
    return x
