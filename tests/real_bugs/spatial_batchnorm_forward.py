# %% reshaped without a transpose
def spatial_batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    c = x.shape[1]
    rm, rv = (np.zeros(c, x.dtype), np.ones(c, x.dtype)) if running is None else running
    rows = x.reshape(-1, c)
    mu, var = (rows.mean(0), rows.var(0)) if training else (rm, rv)
    y = (scale * (rows - mu) / np.sqrt(var + eps) + shift).reshape(x.shape)
    if training:
        rm, rv = alpha * rm + (1 - alpha) * mu, alpha * rv + (1 - alpha) * var
    return y, None, (rm, rv)
# %% inference without eps
def spatial_batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    c = x.shape[1]
    rm, rv = (np.zeros(c, x.dtype), np.ones(c, x.dtype)) if running is None else running
    s = (1, c, 1, 1)
    if not training:
        return scale.reshape(s) * (x - rm.reshape(s)) / np.sqrt(rv.reshape(s)) + shift.reshape(s), None, (rm, rv)
    mu, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
    y = scale.reshape(s) * (x - mu.reshape(s)) / np.sqrt(var.reshape(s) + eps) + shift.reshape(s)
    return y, None, (alpha * rm + (1 - alpha) * mu, alpha * rv + (1 - alpha) * var)
