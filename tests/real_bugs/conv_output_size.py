# %% the plus one forgotten
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride
# %% padding once
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1
# %% a float
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
# %% dilation times kernel
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * kernel) // stride + 1
# %% rounded up
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    return int(np.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride)) + 1
# %% stops: no remainder allowed
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    assert (size + 2 * padding - dilation * (kernel - 1) - 1) % stride == 0
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
