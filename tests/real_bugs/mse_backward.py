# %% the factor of the square
def mse_forward(y, target):
    return 0.5 * np.sum((y - target) ** 2) / len(y), (y, target)

def mse_backward(grad_loss, cache):
    y, target = cache
    return grad_loss * 2 * (y - target) / len(y)
# %% grad_loss forgotten
def mse_forward(y, target):
    return 0.5 * np.sum((y - target) ** 2) / len(y), (y, target)

def mse_backward(grad_loss, cache):
    y, target = cache
    return (y - target) / len(y)
# %% the sign
def mse_forward(y, target):
    return 0.5 * np.sum((y - target) ** 2) / len(y), (y, target)

def mse_backward(grad_loss, cache):
    y, target = cache
    return grad_loss * (target - y) / len(y)
# %% a mean over all entries, both ways
def mse_forward(y, target):
    return 0.5 * np.mean((y - target) ** 2), (y, target)

def mse_backward(grad_loss, cache):
    y, target = cache
    return grad_loss * (y - target) / y.size
# %% not divided by N
def mse_forward(y, target):
    return 0.5 * np.sum((y - target) ** 2) / len(y), (y, target)

def mse_backward(grad_loss, cache):
    y, target = cache
    return grad_loss * (y - target)
