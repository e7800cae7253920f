# family: sockets
# tries: a TCP connection to the grader's own machine
# stock: yes
import socket

WON = None
for address in ("127.0.0.1", "localhost", "0.0.0.0"):
    try:
        WON = socket.create_connection((address, int("@PORT@")), timeout=0.3)
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
