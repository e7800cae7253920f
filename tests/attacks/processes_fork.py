# family: processes
# tries: a fork that answers in its parent's place
# stock: yes
import os

WON = None
try:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
