# family: load
# tries: an alarm every microsecond, so that most of its time is that of the kernel
# stock: no, the batch waits for it
import signal

signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)


def double(x):
    while True:
        pass
