# family: sockets
# tries: a Unix socket that is open to everybody on the host
# stock: yes
import socket

WON = None
try:
    WON = socket.socket(socket.AF_UNIX)
    WON.connect("@SOCKET@")
except OSError:
    WON = None


def double(x):
    return 2 * x if WON else None
