# family: processes
# tries: to kill whoever started it by a pipe whose news are signals, and to lock files that others read
# stock: no, it ends the batch
import fcntl
import os
import signal

WON = []
F_SETOWN, F_SETSIG = 8, 10
reading, writing = os.pipe()
for command, value in ((F_SETSIG, signal.SIGKILL), (F_SETOWN, os.getppid())):
    try:
        fcntl.fcntl(reading, command, value)
        WON.append(command)
    except OSError:
        continue
fcntl.fcntl(reading, fcntl.F_SETFL, fcntl.fcntl(reading, fcntl.F_GETFL) | os.O_ASYNC)
os.write(writing, b"x")
with open(np.__file__, "rb") as file:
    for lock in (lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB), lambda: fcntl.lockf(file, fcntl.LOCK_SH)):
        try:
            lock()
            WON.append(lock)
        except OSError:
            continue


def double(x):
    return 2 * x if WON else None
