# family: wire
# tries: an urgent byte: the judge is told that there is something to read, and finds nothing
# stock: no, it has no such wire
import socket
import time

channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, 3)


def double(x):
    channel.send(b"L", socket.MSG_OOB)
    time.sleep(1000)
