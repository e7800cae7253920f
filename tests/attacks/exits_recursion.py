# family: exits
# tries: recursion without end, with the limit of the interpreter raised
# stock: no, the kernel is gone and the batch waits for it
import sys


def double(x):
    sys.setrecursionlimit(10**9)
    return double(x)
