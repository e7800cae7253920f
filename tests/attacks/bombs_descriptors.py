# family: bombs
# tries: every descriptor that there is
# stock: no, the kernel stops answering
import os

hoard = []
WON = None
try:
    for _ in range(100_000):
        hoard.append(os.open("/dev/null", os.O_RDONLY))
    WON = True
except OSError:
    pass
for number in hoard:
    os.close(number)


def double(x):
    return 2 * x if WON else None
