# family: wire
# tries: the wire closed, its number taken by a file
# stock: no, it has no such wire
import os


def double(x):
    os.close(3)
    os.open("/tmp/wire", os.O_CREAT | os.O_RDWR)
    return 2 * x
