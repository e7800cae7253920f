# family: load
# tries: many naps, so that it computes next to nothing and yet never ends
# stock: no, the batch waits for it
import time


def double(x):
    for _ in range(100_000):
        time.sleep(0.01)
    return 2 * x
