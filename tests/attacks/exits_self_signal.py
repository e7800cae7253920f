# family: exits
# tries: a signal to itself, by every way there is
# stock: no, the kernel is gone and the batch waits for it
import ctypes
import signal

LIBC = ctypes.CDLL(None)


def double(x):
    LIBC.raise_(11) if hasattr(LIBC, "raise_") else None
    signal.raise_signal(signal.SIGKILL)
    return None
