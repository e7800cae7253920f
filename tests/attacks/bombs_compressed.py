# family: bombs
# tries: text that grows when it is parsed: a literal of powers, in a cell of one line
# stock: no, the batch waits for it
# fails: MemoryError
def double(x):
    return None


bomb = "x" * 10 ** len("12345678") * 100
