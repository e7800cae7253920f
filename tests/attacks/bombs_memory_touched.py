# family: bombs
# tries: all the memory, through numpy, in the cell itself and written to
# stock: no, it takes the machine's memory
hoard = []
try:
    while True:
        hoard.append(np.ones(8 << 20))
except MemoryError:
    hoard.clear()


def double(x):
    return np.ones(1 << 40)
