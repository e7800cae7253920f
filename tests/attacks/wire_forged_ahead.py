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
run = ["l", [["a", 0]]]
cell = json.dumps([["d", [["outputs", ["l", []]], ["ok", True], ["number", 1]]], []]).encode()
os.write(3, struct.pack("<4sIQ", b"LWF1", len(cell), 0) + cell)
for number in range(2, 22):
    tree = ["d", [["runs", ["l", [run]]], ["told", ["l", []]], ["unfit", ""], ["number", number]]]
    header = json.dumps([tree, [["<f8", [3], "C"]]]).encode()
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), len(body)) + header + body)
