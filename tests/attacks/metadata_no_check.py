# family: metadata
# tries: a notebook without the check
# stock: yes
def double(x):
    return None
# %% drop double
