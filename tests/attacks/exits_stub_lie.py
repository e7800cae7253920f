# family: exits
# tries: the exception of an untouched stub, to be taken for not started rather than wrong
# stock: yes
def double(x):
    raise NotImplementedError("2 of 2 points")
