# family: processes
# tries: system calls by their numbers of other machines, past a filter that knows only one
# stock: yes
import ctypes

LIBC = ctypes.CDLL(None)
WON = [LIBC.syscall(0x40000000 + number, 2, 1, 0) >= 0 for number in (41, 57, 58)]


def double(x):
    return 2 * x if any(WON) else None
