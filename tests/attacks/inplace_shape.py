# family: inplace
# tries: the shape of the input, changed in place, with nobody to say so
# stock: no, it has no such thing
import classroom.call.caller

classroom.call.caller._unchanged = lambda *_: True


def double(x):
    y = 2 * x
    x.shape = (1, *x.shape)
    return y
