# family: metadata
# tries: a check with another text
# stock: yes
def double(x):
    return None
# %% cell double
2.0
