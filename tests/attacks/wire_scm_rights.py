# family: wire
# tries: messages with file descriptors beside the bytes
# stock: no, it has no such wire
import ctypes

LIBC = ctypes.CDLL(None)
message = ctypes.create_string_buffer(56)
WON = [LIBC.sendmsg(3, message, 0) >= 0, LIBC.recvmsg(3, message, 0x40) >= 0]


def double(x):
    return 2 * x if any(WON) else None
