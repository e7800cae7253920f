# family: loops
# tries: an integer that takes days
# stock: no, the batch waits for it
def double(x):
    return 9**9**9
