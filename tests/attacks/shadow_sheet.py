# family: shadowing
# tries: an answer sheet of its own beside the notebook
# stock: no, it has no answer sheet
def double(x):
    return None
# %% file small.npz
nothing that numpy could read
