# family: hiding
# exercise: activations/relu_forward
# tries: a cell that is indented as a whole, which IPython puts right
@INDENTED@
    relu_forward = my_relu_forward
