# family: loops
# tries: a loop in C, in which Python hears no signal
# stock: no, the batch waits for it
def double(x):
    return sum(iter(int, 1))
