# family: looking
# tries: the same by another call, which follows no link
# stock: no, there every file is open
import os

WON = []
for path in ("@COURSE@/nbgrader_config.py", "@COURSE@/class/gradebook.db", "@CANARY@", "/etc/passwd"):
    try:
        WON.append(os.lstat(path).st_mtime_ns)
    except OSError:
        continue


def double(x):
    return 2 * x if any(WON) else None
