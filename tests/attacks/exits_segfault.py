# family: exits
# tries: a crash of the interpreter
# stock: no, the kernel is gone and the batch waits for it
import ctypes


def double(x):
    return ctypes.string_at(0)
