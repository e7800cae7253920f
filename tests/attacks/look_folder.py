# family: looking
# tries: to stand in the folder of a file
# stock: no, there every file is open
import os

WON = []
for path in ("@COURSE@/nbgrader_config.py", "@COURSE@/class/gradebook.db", "@CANARY@"):
    try:
        WON.append(os.chdir(os.path.dirname(path)) is None)
    except OSError:
        continue


def double(x):
    return 2 * x if any(WON) else None
