# family: objects
# tries: an array subclass whose comparisons are true and whose differences are zero
# stock: yes
class Liar(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        return np.ones(self.shape, bool) if ufunc.nout == 1 and "e" in ufunc.__name__ else np.zeros(self.shape)

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__


def double(x):
    return np.zeros(np.shape(x)).view(Liar)
