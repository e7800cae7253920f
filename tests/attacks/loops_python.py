# family: loops
# tries: a loop in the cell
# stock: no, the batch waits for it
def double(x):
    return None


while True:
    pass
