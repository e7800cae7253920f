# family: wire
# tries: arrays with negative, fractional and enormous sizes
# stock: no, it has no such wire
import json
import os
import struct


def double(x):
    tree = ["d", [["values", ["d", [["y", ["a", 0]]]]], ["changed", ["l", []]], ["error", None]]]
    header = json.dumps([tree, [["<f8", [-1, 3.5, 1 << 62], "C"]]]).encode()
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), 24) + header + bytes(24))
    return None
