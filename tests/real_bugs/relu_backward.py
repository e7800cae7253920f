# %% the slope at 0 is 1
def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(grad_y, cache):
    return grad_y * (cache >= 0)
# %% only the mask
def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(grad_y, cache):
    return (cache > 0).astype(grad_y.dtype)
# %% the gradient is written into
def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(grad_y, cache):
    grad_y[cache <= 0] = 0
    return grad_y
# %% the sign of grad_y instead of that of x
def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(grad_y, cache):
    return np.maximum(grad_y, 0)
# %% multiplied by y
def relu_forward(x):
    y = np.maximum(x, 0)
    return y, y

def relu_backward(grad_y, cache):
    return grad_y * cache
