# family: sockets
# tries: a socket to the hypervisor
# stock: yes
import socket

WON = None
try:
    WON = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
