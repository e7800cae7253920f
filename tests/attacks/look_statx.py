# family: looking
# tries: the same by the newest call of the kernel, past Python
# stock: no, there every file is open
import ctypes
import os

C = ctypes.CDLL(None, use_errno=True)
WON = []
for path in ("@COURSE@/nbgrader_config.py", "@CANARY@", "/etc/passwd"):
    told = ctypes.create_string_buffer(256)
    if C.statx(-100, os.fsencode(path), 0, 0xFFF, told) == 0:
        WON.append(told.raw[:64])
    if C.faccessat(-100, os.fsencode(path), 4, 0) == 0:
        WON.append(path)


def double(x):
    return 2 * x if WON else None
