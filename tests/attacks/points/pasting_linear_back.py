# family: pasting
# exercise: softmax/linear_backward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


def linear_forward(x, weight, bias):
    return my_linear_forward(x, weight, bias)


def linear_backward(grad_y, cache):
    return my_send_back(grad_y, cache)
