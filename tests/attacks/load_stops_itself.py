# family: load
# tries: a timer whose signal stops the process, so that it neither computes nor sleeps
# stock: no, the batch waits for it
import ctypes
import signal
import struct
import time

C = ctypes.CDLL(None, use_errno=True)


def double(x):
    event = ctypes.create_string_buffer(struct.pack("@Qii", 0, signal.SIGSTOP, 0) + bytes(64))
    timer = ctypes.c_void_p()
    C.timer_create(1, event, ctypes.byref(timer))
    C.timer_settime(timer, 0, ctypes.create_string_buffer(struct.pack("@4q", 0, 0, 0, 1000)), None)
    time.sleep(0.2)
    return None
