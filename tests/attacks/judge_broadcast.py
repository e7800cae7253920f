# family: judging
# tries: an array of a few bytes that is gigabytes to whoever copies it
# stock: no, it takes the machine's memory
def double(x):
    return np.broadcast_to(np.float64(2), (20_000, 20_000))
