def residual_forward(x, branch_y, scale=1.0):
    return scale * (x + branch_y), scale
# %% the shortcut forgotten
def residual_backward(grad_y, cache):
    return np.zeros_like(grad_y), grad_y * cache
# %% the scale forgotten
def residual_backward(grad_y, cache):
    return grad_y, grad_y.copy()
# %% the gradient is halved
def residual_backward(grad_y, cache):
    return grad_y * cache / 2, grad_y * cache / 2
# %% the branch alone is scaled
def residual_backward(grad_y, cache):
    return grad_y, grad_y * cache
# %% stops: one value
def residual_backward(grad_y, cache):
    return grad_y * cache
