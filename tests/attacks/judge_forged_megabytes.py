# family: judging
# tries: a frame with more bytes than an answer may have, written past the course's own limit
# stock: no, it has no such thing
import json
import os
import struct


def double(x):
    size = 90 << 20
    tree = ["d", [["runs", ["l", [["l", [["a", 0]]]]]], ["told", ["l", []]], ["unfit", ""]]]
    header = json.dumps([tree, [["|i1", [size], "C"]]]).encode()
    data = memoryview(struct.pack("<4sIQ", b"LWF1", len(header), size) + header + bytes(size))
    while data:
        data = data[os.write(3, data) :]
    return None
