# family: processes
# tries: the less used doors of the kernel: io_uring, bpf, keyrings, perf, userfaultfd, modules, reboot
# stock: no, it changes this machine
import ctypes

LIBC = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(256)
DOORS = {"io_uring": 425, "bpf": 321, "keyctl": 250, "add_key": 248, "perf": 298, "userfaultfd": 323, "fanotify": 300}
DOORS |= {"module": 175, "finit": 313, "kexec": 246, "reboot": 169, "swapon": 167, "acct": 163, "syslog": 103}
WON = [name for name, number in DOORS.items() if LIBC.syscall(number, 1, buffer, 0, 0, 0) >= 0]


def double(x):
    return 2 * x if WON else None
