# family: objects
# tries: a structured array, datetimes and text in the place of numbers
# stock: yes
def double(x):
    return np.zeros(np.shape(x), dtype=[("a", "f8"), ("b", "O"), ("c", "M8[s]")])
