# family: judging
# tries: a header nested deeper than any reader can follow
# stock: no, it has no such thing
import os
import struct


def double(x):
    header = b"[" * 2_000_000
    data = memoryview(struct.pack("<4sIQ", b"LWF1", len(header), 0) + header)
    while data:
        data = data[os.write(3, data) :]
    return None
