# family: bombs
# tries: shared anonymous memory, which outlives the process that asks for it
# stock: no, it takes the machine's memory
import mmap

hoard = []
try:
    while True:
        hoard.append(mmap.mmap(-1, 128 << 20))
        hoard[-1].write(b"x" * (128 << 20))
except (OSError, MemoryError):
    hoard.clear()


def double(x):
    return None
