# family: wire
# tries: a header nested deeper than the stack of whoever parses it
# stock: no, it has no such wire
import os
import struct


def double(x):
    header = b"[" * 2_000_000
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), 0) + header)
    return None
