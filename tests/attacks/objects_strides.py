# family: objects
# tries: a view that runs past its memory, to carry other memory out
# stock: no, it crashes the kernel
def double(x):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 24,), (1 << 20,))
