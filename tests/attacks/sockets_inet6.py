# family: sockets
# tries: a connection over IPv6
# stock: yes
import socket

WON = None
try:
    WON = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
