# family: objects
# tries: an object that says that it is an ndarray
# stock: yes
class Lie:
    __class__ = np.ndarray
    dtype = np.dtype("f8")
    shape = (3,)
    tobytes = lambda self: b""
    __eq__ = lambda self, other: True
    __hash__ = None


def double(x):
    return Lie()
