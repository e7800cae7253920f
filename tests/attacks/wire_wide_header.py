# family: wire
# tries: a header of a million parts and a number of four million digits
# stock: no, it has no such wire
import os
import struct


def double(x):
    header = b"[[" + b"null," * 500_000 + b"1" * 1_000_000 + b"],[]]"
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), 0) + header)
    return None
