# %% each pixel for itself
def groupnorm_forward(x, scale, shift, groups, *, eps=1e-5):
    n, c, h, w = x.shape
    if c % groups:
        raise ValueError("groups")
    g = x.reshape(n, groups, c // groups, h, w)
    hat = ((g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + eps)).reshape(x.shape)
    return scale.reshape(1, -1, 1, 1) * hat + shift.reshape(1, -1, 1, 1), None
# %% each channel for itself
def groupnorm_forward(x, scale, shift, groups, *, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups")
    hat = (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + eps)
    return scale.reshape(1, -1, 1, 1) * hat + shift.reshape(1, -1, 1, 1), None
# %% stops: scale along the last axis
def groupnorm_forward(x, scale, shift, groups, *, eps=1e-5):
    n, c, h, w = x.shape
    g = x.reshape(n, groups, -1)
    hat = ((g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + eps)).reshape(x.shape)
    return scale * hat + shift, None
