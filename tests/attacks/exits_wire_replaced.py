# family: exits
# tries: another pair of ends in the place of the wire, between a question and its answer
# stock: no, it has no such thing
import os


def double(x):
    reading, writing = os.pipe()
    os.dup2(reading, 3)
    os.write(writing, b"LWF1" * 100)
    return 2 * x
