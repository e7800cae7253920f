# family: wire
# tries: a pickle that runs a command when it is opened
# stock: no, it has no such wire
import os
import pickle


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @CANARY@.pickled",)


def double(x):
    os.write(3, pickle.dumps(Bomb()))
    return None
