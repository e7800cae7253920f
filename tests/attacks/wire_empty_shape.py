# family: wire
# tries: an array of size 0 whose other sizes overflow
# stock: no, it has no such wire
import json
import os
import struct


def double(x):
    tree = ["d", [["values", ["d", [["y", ["a", 0]]]]], ["changed", ["l", []]], ["error", None]]]
    header = json.dumps([tree, [["<f8", [0, 90000000, 90000000, 90000000], "F"]]]).encode()
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), 0) + header)
    return None
