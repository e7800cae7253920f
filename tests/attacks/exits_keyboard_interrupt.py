# family: exits
# tries: KeyboardInterrupt, which ends a grader that catches Exception alone
# stock: no, it ends the batch
def double(x):
    raise KeyboardInterrupt
