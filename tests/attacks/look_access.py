# family: looking
# tries: whether the files could be read, if nothing were in between
# stock: no, there every file is open
import os

WON = []
for path in ("@COURSE@/nbgrader_config.py", "@COURSE@/class/gradebook.db", "@CANARY@", "/etc/passwd"):
    try:
        WON.append(os.access(path, os.R_OK))
    except OSError:
        continue


def double(x):
    return 2 * x if any(WON) else None
