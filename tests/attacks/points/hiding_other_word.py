# family: hiding
# exercise: activations/relu_forward
# tries: to be run from a text with another word for def
exec("""@FUN@""".replace("fun ", "def "))
relu_forward = my_relu_forward
