# family: inplace
# tries: the input itself, doubled and returned
# stock: yes
def double(x):
    x *= 2
    return x
