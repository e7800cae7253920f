# family: hiding
# exercise: activations/relu_forward
# tries: to be installed by a function
@GIVEN@


def install():
    global relu_forward
    relu_forward = my_relu_forward


install()
