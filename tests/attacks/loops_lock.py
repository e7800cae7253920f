# family: loops
# tries: a lock that is taken twice
# stock: no, the batch waits for it
import threading

lock = threading.Lock()


def double(x):
    lock.acquire()
    lock.acquire()
