# %% right
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    rm, rv = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)) if running is None else running
    mu, var = (x.mean(0), x.var(0)) if training else (rm, rv)
    hat = (x - mu) / np.sqrt(var + eps)
    return scale * hat + shift, (hat, scale, var, eps, training), (rm, rv)

def batchnorm_backward(grad_y, cache):
    hat, scale, var, eps, training = cache
    ds, db = (grad_y * hat).sum(axis=0), grad_y.sum(axis=0)
    g = grad_y * scale
    dx = g - g.mean(0) - hat * (g * hat).mean(0) if training else g
    return dx / np.sqrt(var + eps), ds, db
# %% gradients with an axis of length 1
# (grad_y * hat).sum(axis=0), grad_y.sum(axis=0) => (grad_y * hat).sum(axis=0, keepdims=True), grad_y.sum(axis=0, keepdims=True)
# %% grad_scale and grad_shift exchanged
# , ds, db => , db, ds
# %% stops: nothing is kept at inference
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    rm, rv = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)) if running is None else running
    if not training:
        return scale * (x - rm) / np.sqrt(rv + eps) + shift, None, (rm, rv)
    mu, var = x.mean(0), x.var(0)
    hat = (x - mu) / np.sqrt(var + eps)
    return scale * hat + shift, (hat, scale, var, eps), (rm, rv)

def batchnorm_backward(grad_y, cache):
    hat, scale, var, eps = cache
    g = grad_y * scale
    dx = g - g.mean(0) - hat * (g * hat).mean(0)
    return dx / np.sqrt(var + eps), (grad_y * hat).sum(axis=0), grad_y.sum(axis=0)
# %% the mean's term forgotten
# g - g.mean(0) - hat => g - hat
# %% inference treated as training
# .mean(0) if training else g => .mean(0)
