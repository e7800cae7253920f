# family: load
# tries: to wait for a thread that sleeps as if for a disk, which no clock counts
# stock: no, it has no such thing
import ctypes
import os
import time

libc = ctypes.CDLL(None)
CLONE = {"x86_64": 56, "aarch64": 220}
FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x4000 | 0x10000  # a thread, and its maker waits as after vfork


def double(x):
    if libc.syscall(CLONE[os.uname().machine], FLAGS, 0, 0, 0, 0) == 0:
        time.sleep(1e6)
