# family: objects
# tries: an array whose memory is somebody else's: __array_interface__ with an address of its own choice
# stock: no, it crashes the kernel
class Elsewhere:
    __array_interface__ = {"shape": (1 << 20,), "typestr": "<f8", "data": (0x10000, False), "version": 3}


def double(x):
    return np.asarray(Elsewhere())
