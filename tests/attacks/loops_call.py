# family: loops
# tries: a loop in the call
# stock: no, the batch waits for it
def double(x):
    while True:
        pass
