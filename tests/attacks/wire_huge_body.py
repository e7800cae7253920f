# family: wire
# tries: a frame that announces a body of 2**63 bytes
# stock: no, it has no such wire
import os
import struct


def double(x):
    os.write(3, struct.pack("<4sIQ", b"LWF1", 2, 1 << 63) + b"[]")
    return None
