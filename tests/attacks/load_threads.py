# family: load
# tries: busy threads: each takes as much of the processor as a neighbour's only one
# stock: no, it slows the machine down
import threading

STARTED = []
try:
    for _ in range(7):
        thread = threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True)
        thread.start()
        STARTED.append(thread)
except RuntimeError:
    pass


def double(x):
    return 2 * x if len(STARTED) > 1 else None
