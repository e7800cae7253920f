# family: wire
# tries: a frame that announces a header of four gigabytes
# stock: no, it has no such wire
import os
import struct


def double(x):
    os.write(3, struct.pack("<4sIQ", b"LWF1", 0xFFFFFFFF, 0))
    return None
