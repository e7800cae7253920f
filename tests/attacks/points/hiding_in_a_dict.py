# family: hiding
# exercise: activations/relu_forward
# tries: to be put into a dict that was empty
@GIVEN@
PARTS = {}
PARTS["relu"] = my_relu_forward


def relu_forward(x):
    return PARTS["relu"](x)
