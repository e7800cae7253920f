# family: reading
# tries: links, hard and symbolic, out of its own folder
# stock: yes
import os

WON = None
for link in (os.symlink, os.link):
    try:
        link("@CANARY@", f"/tmp/link-{link.__name__}-{os.getpid()}")
        WON = WON or open(f"/tmp/link-{link.__name__}-{os.getpid()}").read()
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
