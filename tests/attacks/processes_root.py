# family: processes
# tries: to become root, or anybody else
# stock: no, where the grader is root it is root already
import os

WON = []
for change in (os.setuid, os.setgid, os.seteuid):
    try:
        change(0)
        WON.append(change)
    except OSError:
        continue


def double(x):
    return 2 * x if WON or os.getuid() == 0 else None
