# family: processes
# tries: another program in its own place
# stock: no, the kernel is gone and the batch waits for it
import os
import sys

WON = None
for program in (sys.executable, "/bin/sh", "/proc/self/exe", "/usr/bin/python3"):
    try:
        os.execv(program, [program, "-c", "pass"])
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
