# family: hiding
# exercise: activations/relu_forward
# tries: to be run by an annotation that is looked up
TEXT = @CIPHERED@
import typing

run = typing.ForwardRef("ex" + "ec")._evaluate(globals(), globals(), recursive_guard=frozenset())
run("".join(chr(ord(one) ^ 3) for one in TEXT))
relu_forward = my_relu_forward
