# family: sockets
# tries: a Unix socket with an abstract name, which no file system guards
# stock: yes
import socket

WON = None
try:
    WON = socket.socket(socket.AF_UNIX)
    WON.connect("\0attack-@PORT@")
except OSError:
    WON = None


def double(x):
    return 2 * x if WON else None
