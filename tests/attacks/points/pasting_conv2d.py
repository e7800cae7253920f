# family: pasting
# exercise: convolution/conv2d_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    return my_conv2d_forward(x, weight, bias, stride=stride, padding=padding)
