# family: objects
# tries: an exception whose name, module and text are each a megabyte
# stock: yes
NAME = "N" * 1_000_000
Long = type(NAME, (Exception,), {"__module__": NAME})


def double(x):
    raise Long(NAME)
