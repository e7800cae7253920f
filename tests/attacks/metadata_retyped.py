# family: metadata
# tries: the check made a markdown cell
# stock: no, the whole notebook is refused and the student gets an error
def double(x):
    return None
# %% retype double
