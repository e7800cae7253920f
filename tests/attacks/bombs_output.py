# family: bombs
# tries: a gigabyte of output
# stock: no, it fills the memory of the batch
import sys

line = "x" * 10_000
for _ in range(100_000):
    sys.stdout.write(line)


def double(x):
    print(line * 1000)
    return None
