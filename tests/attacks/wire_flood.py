# family: wire
# tries: bytes without end
# stock: no, it has no such wire
import os


def double(x):
    while True:
        os.write(3, b"LWF1" + b"\x00" * 65532)
