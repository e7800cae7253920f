# family: load
# tries: the next request of the judge, taken away from the reader for whom it is
# stock: no, it has no such thing
import os


def double(x):
    os.read(3, 1 << 16)
    return 2 * x
