# family: judging
# tries: a list of a million lists
# stock: no, it takes the machine's memory
def double(x):
    return [[1.0] for _ in range(1_000_000)]
