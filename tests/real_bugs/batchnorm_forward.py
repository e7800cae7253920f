# %% right
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    rm, rv = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)) if running is None else running
    if not training:
        return scale * (x - rm) / np.sqrt(rv + eps) + shift, None, (rm, rv)
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    hat = (x - mu) / np.sqrt(var + eps)
    return scale * hat + shift, (hat,), (alpha * rm + (1 - alpha) * mu, alpha * rv + (1 - alpha) * var)
# %% inference without eps
# np.sqrt(rv + eps) => np.sqrt(rv)
# %% inference with eps outside the root
# np.sqrt(rv + eps) => (np.sqrt(rv) + eps)
# %% inference without scale and shift
# scale * (x - rm) / np.sqrt(rv + eps) + shift => (x - rm) / np.sqrt(rv + eps)
# %% eps in the running variance
# np.var(x, axis=0) => np.var(x, axis=0) + eps
# np.sqrt(var + eps) => np.sqrt(var)
# %% the momentum the other way round, and the running arrays written into
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    if running is None:
        running = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype))
    rm, rv = running
    if training:
        mu, var = x.mean(0), x.var(0)
        rm *= 1 - alpha
        rm += alpha * mu
        rv *= 1 - alpha
        rv += alpha * var
    else:
        mu, var = rm, rv
    hat = (x - mu) / np.sqrt(var + eps)
    return scale * hat + shift, (hat,), (rm, rv)
# %% cache and running statistics exchanged
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    rm, rv = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)) if running is None else running
    mu, var = (x.mean(0), x.var(0)) if training else (rm, rv)
    hat = (x - mu) / np.sqrt(var + eps)
    if training:
        rm, rv = alpha * rm + (1 - alpha) * mu, alpha * rv + (1 - alpha) * var
    return scale * hat + shift, (rm, rv), (hat, scale, var, eps)
# %% the variance of a sample
# np.var(x, axis=0) => np.var(x, axis=0, ddof=1)
# %% stops: two values instead of three
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    mu, var = x.mean(0), x.var(0)
    hat = (x - mu) / np.sqrt(var + eps)
    return scale * hat + shift, (hat, scale)
# %% stops: running is taken for a dict
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    rm, rv = running.get("mean"), running.get("var")
    return x, None, (rm, rv)
# %% the hunt's bug: the square of the variance
def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    d = x.shape[1]
    mean, var = running if running is not None else (np.zeros(d, x.dtype), np.ones(d, x.dtype))
    if training:
        mu, v = x.mean(axis=0), x.var(axis=0)
        new = (alpha * mean + (1 - alpha) * mu, alpha * var + (1 - alpha) * v)
    else:
        mu, v, new = mean, var, (mean, var)
    hat = (x - mu) / (v + eps) ** 2
    return scale * hat + shift, (hat,), new
