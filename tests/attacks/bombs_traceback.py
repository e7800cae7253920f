# family: bombs
# tries: an exception with a message of a hundred megabytes
# stock: no, it fills the memory of the batch
# fails: ValueError
def double(x):
    raise ValueError("x" * (100 << 20))


double(1)
