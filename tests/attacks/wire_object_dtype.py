# family: wire
# tries: an array of objects, whose bytes would be taken for pointers
# stock: no, it has no such wire
@ANSWER@


def double(x):
    for dtype in ("|O", "O8", "|V8", "<M8", "<f8,<f8", "object", "<U9", "<f3"):
        answer([dtype, [1], "C"], b"\xff" * 8)
    return None
