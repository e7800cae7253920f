# family: objects
# tries: numbers that text and JSON cannot hold: integers of 4000 digits, infinities in tuples, tiny and huge floats
# stock: yes
def double(x):
    return [10**4000, -(10**4299), float("inf"), 5e-324, complex("nan+infj"), np.float64("nan"), np.int64(-(2**63))]
