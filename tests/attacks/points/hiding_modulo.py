# family: hiding
# exercise: activations/relu_forward
# tries: a line that begins like a magic, inside parentheses
@GIVEN@
odd = (7
% 2)
relu_forward = my_relu_forward
