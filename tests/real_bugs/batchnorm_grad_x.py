# %% means left out
def batchnorm_grad_x(grad_y, normalized, factor, scale):
    return grad_y * scale * factor
# %% N forgotten in front
def batchnorm_grad_x(grad_y, normalized, factor, scale):
    n = len(grad_y)
    d = grad_y * scale
    return factor * (n * d - d.sum(0) - normalized * (d * normalized).sum(0))
# %% the scale forgotten
def batchnorm_grad_x(grad_y, normalized, factor, scale):
    n = len(grad_y)
    d = grad_y
    return factor / n * (n * d - d.sum(0) - normalized * (d * normalized).sum(0))
# %% the sign of the last term
def batchnorm_grad_x(grad_y, normalized, factor, scale):
    d = grad_y * scale
    return factor * (d - d.mean(0) + normalized * (d * normalized).mean(0))
# %% the features averaged
def batchnorm_grad_x(grad_y, normalized, factor, scale):
    d = grad_y * scale
    m = lambda a: a.mean(axis=1, keepdims=True)
    return factor * (d - m(d) - normalized * m(d * normalized))
