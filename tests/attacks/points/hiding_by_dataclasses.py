# family: hiding
# exercise: activations/relu_forward
# tries: to be run as the body of a function that dataclasses make
TEXT = @CIPHERED@
import dataclasses

body = "".join(chr(ord(one) ^ 3) for one in TEXT) + "\nreturn my_relu_forward"
relu_forward = dataclasses._create_fn("made", [], body.split("\n"), globals=globals())()
