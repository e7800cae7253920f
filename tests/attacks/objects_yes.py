# family: objects
# tries: an object that answers yes to everything
# stock: yes
class Yes(float):
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = __mul__ = __rmul__ = __neg__ = lambda self, *other: self
    __bool__ = lambda self: True
    shape, dtype, ndim, size = (3,), np.dtype(float), 1, 3

    def __array__(self, *args, **kwargs):
        return np.zeros(3)

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __array_function__(self, *args, **kwargs):
        return True

    def all(self, *args, **kwargs):
        return True

    any = max = min = all


def double(x):
    return Yes(0)
