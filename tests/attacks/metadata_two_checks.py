# family: metadata
# tries: the check there twice, the last one with another text
# stock: yes
def double(x):
    return None
# %% copy double
# %% cell double
2.0
