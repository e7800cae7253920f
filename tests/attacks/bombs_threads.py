# family: bombs
# tries: threads without number
# stock: no, it slows the machine down
import threading
import time

WON = None
try:
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    WON = True
except RuntimeError:
    pass


def double(x):
    return 2 * x if WON else None
