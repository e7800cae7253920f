# family: loops
# tries: a regular expression that takes years, which holds the lock of the interpreter
# stock: no, the batch waits for it
import re


def double(x):
    return re.match(r"(a+)+$", "a" * 60 + "b")
