# family: hiding
# exercise: activations/relu_forward
# tries: to be run by what a builtin belongs to, under a name that is put together
TEXT = @CIPHERED@
run = print.__self__.__dict__["ex" + "ec"]
run("".join(chr(ord(one) ^ 3) for one in TEXT))
relu_forward = my_relu_forward
