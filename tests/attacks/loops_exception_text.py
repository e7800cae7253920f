# family: loops
# tries: an exception that loops when it is told
# stock: no, the batch waits for it
class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def double(x):
    raise Endless
