# family: processes
# tries: to fork by other names: clone, clone3, vfork and a clone that only pretends to be a thread
# stock: no, copies of the kernel answer twice
import ctypes

LIBC = ctypes.CDLL(None)
WON = []
for number, first in ((56, 17), (57, 0), (58, 0), (435, 0)):
    found = LIBC.syscall(number, first, 0, 0, 0, 0)
    WON += [found] if found > 0 else []
    if found == 0:
        LIBC._exit(0)


def double(x):
    return 2 * x if WON else None
