# family: load
# tries: naps with a little work between them, so that no look finds a clock that stands still
# stock: no, the batch waits for it
import time


def double(x):
    for _ in range(100_000):
        time.sleep(0.02)
        sum(range(20_000))
    return 2 * x
