# family: bombs
# tries: shared memory of three kinds, which outlives its maker
# stock: no, it takes the machine's memory
import ctypes
from multiprocessing import shared_memory

LIBC = ctypes.CDLL(None)
WON = [LIBC.shmget(0, 1 << 20, 0o1600) >= 0, LIBC.semget(0, 1, 0o1600) >= 0, LIBC.msgget(0, 0o1600) >= 0]
try:
    WON.append(shared_memory.SharedMemory(create=True, size=1 << 20))
except OSError:
    pass


def double(x):
    return 2 * x if any(WON) else None
