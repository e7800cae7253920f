# family: exits
# tries: an exception below Exception, with a name and a text that raise exceptions themselves
# stock: yes
class Bad(BaseException):
    def __str__(self):
        raise Bad

    __repr__ = __str__

    @property
    def args(self):
        raise Bad


def double(x):
    raise Bad
