# family: sockets
# tries: the wire itself connected to somebody else, and data sent from it to an address
# stock: no, it has no such wire
import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
name = b"\x01\x00@SOCKET@"
WON = [call for call in (LIBC.connect, LIBC.bind) if call(3, name, len(name) + 1) == 0]
WON += [True] if LIBC.sendto(3, b"x", 1, 0x40, name, len(name) + 1) > 0 else []


def double(x):
    return 2 * x if WON else None
