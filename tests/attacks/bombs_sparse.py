# family: bombs
# tries: a file of a terabyte, sparse and allocated
# stock: no, it fills the disk
import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
WON = None
with open("/tmp/sparse", "wb") as file:
    for grow in (lambda: file.truncate(1 << 40), lambda: os.posix_fallocate(file.fileno(), 0, 1 << 30)):
        try:
            grow()
            WON = True
        except OSError:
            continue


def double(x):
    return 2 * x if WON else None
