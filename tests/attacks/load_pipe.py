# family: load
# tries: a pipe into which nobody writes
# stock: no, the batch waits for it
import os


def double(x):
    os.read(os.pipe()[0], 1)
    return 2 * x
