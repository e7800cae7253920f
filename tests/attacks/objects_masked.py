# family: objects
# tries: a masked array with nothing left to compare
# stock: yes
def double(x):
    return np.ma.masked_all(np.shape(x))
