# family: sockets
# tries: a datagram, to the host and to everybody
# stock: yes
import socket

WON = None
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        WON = sender.sendto(b"attack", ("127.0.0.1", int("@PORT@")))
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
