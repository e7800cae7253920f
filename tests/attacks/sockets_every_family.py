# family: sockets
# tries: a socket of every number, with ctypes: Bluetooth, crypto, CAN, TIPC, X.25, infrared and the rest
# stock: no, it loads modules of the kernel
import ctypes

LIBC = ctypes.CDLL(None)
WON = []
for family in range(1, 50):
    for kind in (1, 2, 3, 5):
        number = LIBC.socket(family, kind, 0)
        WON += [family] if number >= 0 else []


def double(x):
    return 2 * x if WON else None
