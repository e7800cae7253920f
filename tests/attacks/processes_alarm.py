# family: processes
# tries: an alarm that ends the process in somebody else's turn
# stock: no, the kernel is gone and the batch waits for it
import signal


def double(x):
    signal.setitimer(signal.ITIMER_REAL, 0.0001)
    while True:
        pass
