def layernorm_forward(x, scale, shift, *, eps=1e-5):
    axes = tuple(range(1, x.ndim))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    s = (1, -1) + (1,) * (x.ndim - 2)
    inv = 1 / np.sqrt(var + eps)
    hat = (x - mean) * inv
    return scale.reshape(s) * hat + shift.reshape(s), (hat, inv, scale.reshape(s))
# %% scale and shift gradients summed over the features
def layernorm_backward(grad_y, cache):
    hat, inv, scale = cache
    axes = tuple(range(1, grad_y.ndim))
    d = grad_y * scale
    dx = inv * (d - d.mean(axes, keepdims=True) - hat * (d * hat).mean(axes, keepdims=True))
    return dx, (grad_y * hat).sum(axis=1), grad_y.sum(axis=1)
# %% the means of batch norm
def layernorm_backward(grad_y, cache):
    hat, inv, scale = cache
    d = grad_y * scale
    rest = (0,) + tuple(range(2, grad_y.ndim))
    dx = inv * (d - d.mean(0, keepdims=True) - hat * (d * hat).mean(0, keepdims=True))
    return dx, (grad_y * hat).sum(rest), grad_y.sum(rest)
# %% the mean's term forgotten
def layernorm_backward(grad_y, cache):
    hat, inv, scale = cache
    axes, rest = tuple(range(1, grad_y.ndim)), (0,) + tuple(range(2, grad_y.ndim))
    d = grad_y * scale
    dx = inv * (d - hat * (d * hat).mean(axes, keepdims=True))
    return dx, (grad_y * hat).sum(rest), grad_y.sum(rest)
# %% scale and shift exchanged
def layernorm_backward(grad_y, cache):
    hat, inv, scale = cache
    axes, rest = tuple(range(1, grad_y.ndim)), (0,) + tuple(range(2, grad_y.ndim))
    d = grad_y * scale
    dx = inv * (d - d.mean(axes, keepdims=True) - hat * (d * hat).mean(axes, keepdims=True))
    return dx, grad_y.sum(rest), (grad_y * hat).sum(rest)
# %% the scale forgotten in grad_x
def layernorm_backward(grad_y, cache):
    hat, inv, scale = cache
    axes, rest = tuple(range(1, grad_y.ndim)), (0,) + tuple(range(2, grad_y.ndim))
    d = grad_y
    dx = inv * (d - d.mean(axes, keepdims=True) - hat * (d * hat).mean(axes, keepdims=True))
    return dx, (grad_y * hat).sum(rest), grad_y.sum(rest)
