# family: looking
# tries: the size and the time of the course's files
# stock: no, there every file is open
import os

WON = []
for path in ("@COURSE@/nbgrader_config.py", "@COURSE@/class/gradebook.db", "@CANARY@", "/etc/passwd"):
    try:
        WON.append(os.stat(path).st_size)
    except OSError:
        continue


def double(x):
    return 2 * x if any(WON) else None
