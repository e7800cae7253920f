# family: pasting
# exercise: pooling/maxpool2d_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


def maxpool2d_forward(x, kernel, stride=None, padding=0):
    return my_maxpool2d_forward(x, kernel, stride, padding)
