# family: wire
# tries: an array of size 0 whose other sizes overflow
# stock: no, it has no such wire
@ANSWER@


def double(x):
    answer(["<f8", [0, 90000000, 90000000, 90000000], "F"], b"")
    return None
