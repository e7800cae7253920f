# family: exits
# tries: SystemExit in cell and call
# stock: yes
# fails: SystemExit
import sys


def double(x):
    raise SystemExit(0)


sys.exit(0)
