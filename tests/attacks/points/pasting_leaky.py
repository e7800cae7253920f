# family: pasting
# exercise: activations/leaky_relu_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


def leaky_relu_forward(x, *, slope=0.01):
    return my_leaky_relu_forward(x, slope=slope)
