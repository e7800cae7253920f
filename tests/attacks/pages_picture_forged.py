# family: pages
# tries: pixels of the wrong kind sent in the place of a figure
# stock: no, it has no such wire
import interpreter

for pixels in (np.zeros((1, 1, 4)), np.zeros((0, 9, 4), np.uint8), np.zeros((4, 4), np.uint8), "x", None, [[1]]):
    interpreter.OUTPUT.items.append({"kind": "picture", "name": "<script>", "text": "", "pixels": pixels})
interpreter.OUTPUT.items += [{"kind": "html", "name": "", "text": "<script>ATTACK()</script>"}, 7, None, {"kind": []}]


def double(x):
    return None
