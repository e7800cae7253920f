# family: judging
# tries: an array of no bytes, whose rows are more than anybody can list
# stock: no, it takes the machine's memory
def double(x):
    return np.zeros((50_000_000, 0), np.int8)
