# family: hiding
# exercise: activations/relu_forward
# tries: to be run from a list of numbers
exec(bytes([@CODES@]))
relu_forward = my_relu_forward
