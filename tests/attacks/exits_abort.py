# family: exits
# tries: an abort, and a core dump with it
# stock: no, the kernel is gone and the batch waits for it
import os


def double(x):
    os.abort()
