# family: processes
# tries: a process that outlives the cell and goes on writing
# stock: no, it outlives stock too
import os
import time

WON = None
try:
    if os.fork() == 0:
        os.setsid()
        while True:
            time.sleep(0.1)
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
