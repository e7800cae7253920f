# family: wire
# tries: noise on the wire before the answer
# stock: no, it has no such wire
import os


def double(x):
    os.write(3, os.urandom(4096))
    return None
