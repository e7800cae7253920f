# family: exits
# tries: source text nested so deep that the compiler ends the process
# stock: no, the kernel is gone and the batch waits for it
# fails: MemoryError, RecursionError, SyntaxError
def double(x):
    return eval("(" * 150 + "-" * 900_000 + "1" + ")" * 150)
