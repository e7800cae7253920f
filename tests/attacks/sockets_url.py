# family: sockets
# tries: to fetch the answer from a page
# stock: no, it asks the network
import urllib.request

WON = None
try:
    WON = urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=0.3)
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
