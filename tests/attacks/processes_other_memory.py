# family: processes
# tries: to read another process: process_vm_readv, pidfd_getfd, kcmp
# stock: yes
import ctypes
import os

LIBC = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
WON = []
for pid in (os.getppid(), 1, 2):
    WON += [pid] if LIBC.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0 else []
    handle = LIBC.syscall(434, pid, 0)
    WON += [handle] if LIBC.syscall(438, handle, 0, 0) >= 0 else []


def double(x):
    return 2 * x if WON else None
