# family: writing
# tries: what needs a file's name and no right to write: its mode, its times, its length
# stock: no, it changes this machine
import os

WON = []
for path in ("@CANARY@", "@COURSE@/class/gradebook.db", "@COURSE@/nbgrader_config.py", "small.npz"):
    try:
        before = os.stat(path)
    except OSError:
        continue
    for change in (
        lambda: os.chmod(path, before.st_mode ^ 0o007),
        lambda: os.utime(path),
        lambda: os.utime(path, (1.0, 1.0)),
        lambda: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC)),
        lambda: os.close(os.open(path, os.O_ACCMODE | os.O_TRUNC)),
        lambda: os.truncate(path, 0),
    ):
        try:
            change()
        except OSError:
            continue
    after = os.stat(path)
    if (after.st_mode, after.st_mtime_ns, after.st_size) != (before.st_mode, before.st_mtime_ns, before.st_size):
        WON.append(path)


def double(x):
    return 2 * x if WON else None
