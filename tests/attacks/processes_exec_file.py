# family: processes
# tries: a program that it has written itself, started from disk and from memory
# stock: no, the kernel is gone and the batch waits for it
import ctypes
import os

WON = None
with open("/tmp/program", "w") as file:
    file.write("#!/bin/sh\ntouch @CANARY@.exec\n")
os.chmod("/tmp/program", 0o755)
LIBC = ctypes.CDLL(None)
LIBC.syscall.restype = ctypes.c_long
try:
    os.execv("/tmp/program", ["program"])
except OSError:
    pass
number = LIBC.syscall(319, b"x", 0)  # memfd_create
WON = number >= 0 or LIBC.syscall(322, number, b"", 0, 0, 0x1000) == 0  # execveat


def double(x):
    return 2 * x if WON else None
