# family: wire
# tries: the answer to a question that was not asked yet, sent while the cell runs
# stock: no, it has no such wire
import json
import os
import struct

import numpy as np


def double(x):
    return None


body = np.array([2.0, -4.0, 8.0]).tobytes()
tree = ["d", [["values", ["d", [["y", ["a", 0]]]]], ["changed", ["l", []]], ["error", None]]]
header = json.dumps([tree, [["<f8", [3], "C"]]]).encode()
cell = json.dumps([["d", [["outputs", ["l", []]], ["ok", True]]], []]).encode()
os.write(3, struct.pack("<4sIQ", b"LWF1", len(cell), 0) + cell)
for _ in range(20):
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), len(body)) + header + body)
