# family: hiding
# exercise: activations/relu_forward
# tries: to be put in the place of a stub by its text
@GIVEN@


def relu_forward(x):
    raise NotImplementedError


globals()["relu_forward"] = my_relu_forward
