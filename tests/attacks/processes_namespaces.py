# family: processes
# tries: new namespaces, in which it would be root
# stock: yes
import ctypes

LIBC = ctypes.CDLL(None)
WON = [flag for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000) if LIBC.unshare(flag) == 0]


def double(x):
    return 2 * x if WON else None
