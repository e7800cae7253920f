# family: wire
# tries: a byte now and then, so that no single wait is too long
# stock: no, it has no such wire
import os
import time


def double(x):
    for byte in b"LWF1" + bytes(1000):
        os.write(3, bytes([byte]))
        time.sleep(0.3)
