# family: inplace
# tries: an input that is made so large in place that it cannot come back
# stock: no, it has no such thing
def double(x):
    y = 2 * x
    x.resize((6_000_000,), refcheck=False)
    return y
