def prelu_forward(x, slope):
    s = slope.reshape((1, -1) + (1,) * (x.ndim - 2))
    return np.where(x > 0, x, s * x), (x, s)
# %% the slope's gradient is not summed
def prelu_backward(grad_y, cache):
    x, s = cache
    return np.where(x > 0, grad_y, s * grad_y), grad_y * np.minimum(x, 0)
# %% one sum for all channels
def prelu_backward(grad_y, cache):
    x, s = cache
    total = np.sum(grad_y * np.minimum(x, 0))
    return np.where(x > 0, grad_y, s * grad_y), np.full(s.size, total)
# %% averaged over the batch
def prelu_backward(grad_y, cache):
    x, s = cache
    axes = (0,) + tuple(range(2, x.ndim))
    return np.where(x > 0, grad_y, s * grad_y), (grad_y * np.minimum(x, 0)).mean(axis=axes)
# %% x counted on both sides
def prelu_backward(grad_y, cache):
    x, s = cache
    axes = (0,) + tuple(range(2, x.ndim))
    return np.where(x > 0, grad_y, s * grad_y), (grad_y * x).sum(axis=axes)
# %% an axis is kept
def prelu_backward(grad_y, cache):
    x, s = cache
    axes = (0,) + tuple(range(2, x.ndim))
    return np.where(x > 0, grad_y, s * grad_y), (grad_y * np.minimum(x, 0)).sum(axis=axes, keepdims=True)
