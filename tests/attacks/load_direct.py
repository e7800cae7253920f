# family: load
# tries: to wait for the disk, over and over, by reading past what the kernel remembers of a file
# stock: no, it has no such thing
import mmap
import os


def double(x):
    descriptor, page = os.open(os.__file__, os.O_RDONLY | os.O_DIRECT), mmap.mmap(-1, 1 << 14)
    while True:
        os.preadv(descriptor, [page], 0)
