# family: judging
# tries: a text of a hundred megabytes
# stock: no, it takes the machine's memory
def double(x):
    return "2 4 8 " * 17_000_000
