# family: bombs
# tries: an answer of hundreds of megabytes, and one of a million parts
# stock: no, it takes the machine's memory
def double(x):
    return np.zeros(50 << 20) if np.ndim(x) == 1 else [0] * 10_000_000
