# family: looking
# tries: a descriptor that opens nothing and tells all about a file
# stock: no, there every file is open
import os

WON = []
for path in ("@COURSE@/nbgrader_config.py", "@COURSE@/class/gradebook.db", "@CANARY@", "/etc/passwd"):
    try:
        WON.append(os.fstat(os.open(path, os.O_PATH)).st_size)
    except OSError:
        continue


def double(x):
    return 2 * x if any(WON) else None
