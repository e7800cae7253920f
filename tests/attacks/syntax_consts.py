# family: syntax
# tries: the number 2 in this interpreter turned into the number 0, by writing into memory
# stock: no, it breaks the kernel
import ctypes


def double(x):
    number = 2
    ctypes.memset(id(number) + 24, 0, 4)
    return x * 0
