# family: processes
# tries: to take its parent over
# stock: yes
import ctypes
import os

LIBC = ctypes.CDLL(None)
WON = [pid for pid in (os.getppid(), 1, 2) if LIBC.ptrace(16, pid, 0, 0) == 0]


def double(x):
    return 2 * x if WON else None
