# family: ipython
# tries: an execute_result of 2.0 from the answer's own cell
# stock: yes
import sys


def double(x):
    sys.displayhook(2.0)
    return None


sys.displayhook(2.0)
2.0
