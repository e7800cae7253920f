def elu_forward(x, *, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return out, (x, out, alpha)
# %% y alone, alpha not added
def elu_backward(grad_y, cache):
    x, out, alpha = cache
    return np.where(x > 0, grad_y, grad_y * out)
# %% alpha forgotten
def elu_backward(grad_y, cache):
    x, out, alpha = cache
    return grad_y * np.where(x > 0, 1, np.exp(np.minimum(x, 0)))
# %% zero below
def elu_backward(grad_y, cache):
    x, out, alpha = cache
    return grad_y * (x > 0)
# %% alpha everywhere
def elu_backward(grad_y, cache):
    x, out, alpha = cache
    return np.where(x > 0, alpha * grad_y, grad_y * (out + alpha))
