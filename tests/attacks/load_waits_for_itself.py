# family: load
# tries: a lock that nobody will open
# stock: no, the batch waits for it
import threading


def double(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
    return 2 * x
