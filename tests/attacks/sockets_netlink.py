# family: sockets
# tries: netlink, to set up the network
# stock: yes
import socket

WON = None
for protocol in (0, 4, 9, 12, 15, 16):
    try:
        WON = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
