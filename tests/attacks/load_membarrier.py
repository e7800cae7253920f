# family: load
# tries: to wait in the kernel for all processors, over and over, without computing
# stock: no, it has no such thing
import ctypes
import os

libc = ctypes.CDLL(None)
MEMBARRIER = {"x86_64": 324, "aarch64": 283}[os.uname().machine]


def double(x):
    while libc.syscall(MEMBARRIER, 1, 0, 0) == 0:
        pass
