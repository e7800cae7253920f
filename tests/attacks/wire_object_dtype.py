# family: wire
# tries: an array of objects, whose bytes would be taken for pointers
# stock: no, it has no such wire
import json
import os
import struct


def double(x):
    tree = ["d", [["values", ["d", [["y", ["a", 0]]]]], ["changed", ["l", []]], ["error", None]]]
    for dtype in ("|O", "O8", "|V8", "<M8", "<f8,<f8", "object", "<U9", "<f3"):
        header = json.dumps([tree, [[dtype, [1], "C"]]]).encode()
        os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), 8) + header + b"\xff" * 8)
    return None
