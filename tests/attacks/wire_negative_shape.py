# family: wire
# tries: arrays with negative, fractional and enormous sizes
# stock: no, it has no such wire
@ANSWER@


def double(x):
    answer(["<f8", [-1, 3.5, 1 << 62], "C"], bytes(24))
    return None
