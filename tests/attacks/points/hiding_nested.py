# family: hiding
# exercise: activations/relu_forward
# tries: to be run from a text that is nested deeper than most readers go
import sys

limit = sys.getrecursionlimit()
sys.setrecursionlimit(100_000)
exec("""@TEXT@

nothing = 0@DEEPER@
""")
sys.setrecursionlimit(limit)
relu_forward = my_relu_forward
