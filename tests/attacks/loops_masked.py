# family: loops
# tries: signals blocked in every thread, and a sleep that nobody wakes
# stock: no, the batch waits for it
import signal
import time

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))


def double(x):
    time.sleep(1e6)
