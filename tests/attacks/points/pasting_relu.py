# family: pasting
# exercise: activations/relu_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


def relu_forward(x):
    return my_relu_forward(x)
