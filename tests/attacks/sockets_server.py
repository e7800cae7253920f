# family: sockets
# tries: a server that listens for the world
# stock: yes
import socket

WON = None
try:
    WON = socket.create_server(("0.0.0.0", 0))
    WON.listen()
except OSError:
    WON = None


def double(x):
    return 2 * x if WON else None
