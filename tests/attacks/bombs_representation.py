# family: bombs
# tries: a value whose text is endless
# stock: no, the batch waits for it
class Endless:
    def __repr__(self):
        return "x" * (1 << 29)


def double(x):
    return Endless()


Endless()
