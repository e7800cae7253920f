def groupnorm_forward(x, scale, shift, groups, *, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups must divide the channels")
    g = x.reshape(len(x), groups, -1)
    mean, var = g.mean(2, keepdims=True), g.var(2, keepdims=True)
    inv = 1 / np.sqrt(var + eps)
    hat = ((g - mean) * inv).reshape(x.shape)
    s = (1, -1) + (1,) * (x.ndim - 2)
    return scale.reshape(s) * hat + shift.reshape(s), (hat, inv, scale.reshape(s), groups)
# %% the means over the whole image
def groupnorm_backward(grad_y, cache):
    hat, inv, scale, groups = cache
    axes, rest = tuple(range(1, grad_y.ndim)), (0,) + tuple(range(2, grad_y.ndim))
    d = grad_y * scale
    inner = d - d.mean(axes, keepdims=True) - hat * (d * hat).mean(axes, keepdims=True)
    dx = (inner.reshape(len(d), groups, -1) * inv).reshape(d.shape)
    return dx, (grad_y * hat).sum(rest), grad_y.sum(rest)
# %% the statistics taken for constants
def groupnorm_backward(grad_y, cache):
    hat, inv, scale, groups = cache
    rest = (0,) + tuple(range(2, grad_y.ndim))
    d = (grad_y * scale).reshape(len(grad_y), groups, -1)
    return (d * inv).reshape(grad_y.shape), (grad_y * hat).sum(rest), grad_y.sum(rest)
# %% scale and shift gradients keep their axes
def groupnorm_backward(grad_y, cache):
    hat, inv, scale, groups = cache
    rest = (0,) + tuple(range(2, grad_y.ndim))
    d, h = (grad_y * scale).reshape(len(grad_y), groups, -1), hat.reshape(len(hat), groups, -1)
    dx = inv * (d - d.mean(2, keepdims=True) - h * (d * h).mean(2, keepdims=True))
    return dx.reshape(hat.shape), (grad_y * hat).sum(rest, keepdims=True), grad_y.sum(rest, keepdims=True)
