def tanh_forward(x):
    out = np.tanh(x)
    return out, out
# %% slope of the input, not of the output
def tanh_forward(x):
    return np.tanh(x), x

def tanh_backward(grad_y, cache):
    x = cache
    return grad_y * (1 - x ** 2)
# %% tanh of tanh
def tanh_backward(grad_y, cache):
    return grad_y * (1 - np.tanh(cache) ** 2)
# %% the slope of the sigmoid
def tanh_backward(grad_y, cache):
    return grad_y * cache * (1 - cache)
# %% the square forgotten
def tanh_backward(grad_y, cache):
    return grad_y * (1 - cache)
# %% upstream gradient forgotten
def tanh_backward(grad_y, cache):
    return 1 - cache * cache
