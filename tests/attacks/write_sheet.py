# family: writing
# tries: another answer sheet in the place of the released one
# stock: no, it has no answer sheet
import os

WON = None
for change in (lambda: os.unlink("small.npz"), lambda: open("small.npz", "wb").write(b""), lambda: os.rename("x", "y")):
    try:
        change()
    except OSError:
        continue
try:
    WON = os.path.getsize("/opt/course/small.npz") == 0
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
