# %% over the batch
def layernorm_forward(x, scale, shift, *, eps=1e-5):
    hat = (x - x.mean(0)) / np.sqrt(x.var(0) + eps)
    s = (-1,) + (1,) * (x.ndim - 2)
    return scale.reshape(s) * hat + shift.reshape(s), None
# %% the variance of a sample
def layernorm_forward(x, scale, shift, *, eps=1e-5):
    axes = tuple(range(1, x.ndim))
    hat = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, ddof=1, keepdims=True) + eps)
    s = (-1,) + (1,) * (x.ndim - 2)
    return scale.reshape(s) * hat + shift.reshape(s), None
# %% stops: keepdims forgotten
def layernorm_forward(x, scale, shift, *, eps=1e-5):
    axes = tuple(range(1, x.ndim))
    return scale * (x - x.mean(axes)) / np.sqrt(x.var(axes) + eps) + shift, None
# %% the hunt's bug: the square of the variance
def layernorm_forward(x, scale, shift, *, eps=1e-5):
    axes = tuple(range(1, x.ndim))
    s = (1, -1) + (1,) * (x.ndim - 2)
    hat = (x - x.mean(axes, keepdims=True)) / np.square(x.var(axes, keepdims=True) + eps)
    return scale.reshape(s) * hat + shift.reshape(s), hat
