# family: sockets
# tries: to say something to a name server
# stock: no, it asks the network
import socket

WON = None
try:
    WON = socket.getaddrinfo("attack.example", 80)
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
