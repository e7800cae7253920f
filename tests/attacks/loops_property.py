# family: loops
# tries: a class that loops when somebody asks for its type
# stock: no, the batch waits for it
class Meta(type):
    def __instancecheck__(cls, value):
        while True:
            pass

    @property
    def __name__(cls):
        while True:
            pass


class Slow(metaclass=Meta):
    @property
    def __class__(self):
        while True:
            pass


def double(x):
    return Slow()
