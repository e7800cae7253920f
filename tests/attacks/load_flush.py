# family: load
# tries: to wait for the disk, over and over, by flushing a file that it may read
# stock: no, it has no such thing
import ctypes
import os

libc = ctypes.CDLL(None)


def double(x):
    descriptor = os.open(os.__file__, os.O_RDONLY)
    for _ in range(10**4):
        libc.fsync(descriptor)
        libc.fdatasync(descriptor)
