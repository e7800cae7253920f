# family: inplace
# tries: the record of a run, which forgets what was changed
# stock: no, it has no such thing
import classroom.call.caller


class Forgetful(classroom.call.caller.Run):
    @property
    def changed(self):
        return ()

    @changed.setter
    def changed(self, names):
        pass


classroom.call.caller.Run = Forgetful


def double(x):
    x *= 2
    return x
