# family: sockets
# tries: a pair of sockets, to be handed from one submission to another
# stock: yes
import socket

WON = None
try:
    WON = socket.socketpair()
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
