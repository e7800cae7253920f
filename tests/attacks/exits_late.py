# family: exits
# tries: the process ended a moment later, in somebody else's turn
# stock: no, the kernel is gone and the batch waits for it
import os
import threading
import time


def late():
    time.sleep(0.02)
    os._exit(0)


def double(x):
    threading.Thread(target=late).start()
    return None
