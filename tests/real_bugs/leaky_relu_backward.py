def leaky_relu_forward(x, *, slope=0.01):
    return np.where(x > 0, x, slope * x), (x, slope)
# %% zero instead of the slope
def leaky_relu_backward(grad_y, cache):
    x, slope = cache
    dx = grad_y.copy()
    dx[x <= 0] = 0
    return dx
# %% the slope itself, without the gradient
def leaky_relu_backward(grad_y, cache):
    x, slope = cache
    dx = grad_y.copy()
    dx[x <= 0] = slope
    return dx
# %% 1 and slope, no upstream
def leaky_relu_backward(grad_y, cache):
    x, slope = cache
    return np.where(x > 0, 1.0, slope)
# %% times x where negative
def leaky_relu_backward(grad_y, cache):
    x, slope = cache
    return np.where(x > 0, grad_y, grad_y * slope * x)
# %% stops: the cache has two items
def leaky_relu_backward(grad_y, cache):
    return grad_y * (cache > 0)
