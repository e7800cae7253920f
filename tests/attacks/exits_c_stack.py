# family: exits
# tries: recursion in C: nested data that is printed, compared and thrown away
# stock: no, the kernel is gone and the batch waits for it
import sys

sys.setrecursionlimit(10**9)


def double(x):
    value = ()
    for _ in range(3_000_000):
        value = (value,)
    return repr(value)
