# family: processes
# tries: to mount, to change the root and to leave it
# stock: no, it changes this machine
import ctypes
import os

LIBC = ctypes.CDLL(None)
WON = [LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0, LIBC.umount2(b"/proc", 2) == 0, LIBC.chroot(b"/tmp") == 0]
WON += [LIBC.syscall(155, b"/tmp", b"/tmp") == 0, LIBC.syscall(428, -100, b"/", 1) >= 0, LIBC.syscall(430, b"tmpfs", 0) >= 0]


def double(x):
    return 2 * x if any(WON) else None
