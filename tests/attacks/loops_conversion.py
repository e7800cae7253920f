# family: loops
# tries: an answer that loops when it is converted, compared, printed or thrown away
# stock: no, the batch waits for it
class Tar(float):
    def __repr__(self):
        while True:
            pass

    __array__ = __float__ = __del__ = __len__ = __reduce__ = __str__ = __bool__ = __eq__ = __repr__
    __hash__ = float.__hash__


def double(x):
    return Tar(1.0)
