# family: hiding
# exercise: activations/relu_forward
# tries: to be run by a function that is handed the text, which nobody can read
TEXT = @CIPHERED@


def run(text):
    """Run what is given."""
    exec(text, globals())


run("".join(chr(ord(one) ^ 3) for one in TEXT))
relu_forward = my_relu_forward
