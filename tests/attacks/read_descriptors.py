# family: reading
# tries: descriptors that were left open for it, and ways out through them
# stock: no, the kernel's own descriptors are open to it in any case
import os
import stat

WON = []
for number in range(1024):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode) or (stat.S_ISSOCK(mode) and number != 3):
        WON.append(number)


def double(x):
    return 2 * x if WON else None
