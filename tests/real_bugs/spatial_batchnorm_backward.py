def spatial_batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    c = x.shape[1]
    old = running or (np.zeros(c, x.dtype), np.ones(c, x.dtype))
    axes = (0, 2, 3)
    mean, var = (x.mean(axes), x.var(axes)) if training else old
    b = lambda v: v.reshape(1, -1, 1, 1)
    inv = 1 / np.sqrt(var + eps)
    hat = (x - b(mean)) * b(inv)
    new = tuple(alpha * o + (1 - alpha) * n for o, n in zip(old, (mean, var))) if training else old
    return b(scale) * hat + b(shift), (hat, inv, scale, training), new
# %% right
def spatial_batchnorm_backward(grad_y, cache):
    hat, inv, scale, training = cache
    b = lambda v: v.reshape(1, -1, 1, 1)
    gs, gb = (grad_y * hat).sum((0, 2, 3)), grad_y.sum((0, 2, 3))
    if not training:
        return grad_y * b(scale * inv), gs, gb
    n = grad_y[:, 0].size
    return b(scale * inv) / n * (n * grad_y - b(gb) - hat * b(gs)), gs, gb
# %% divided by N, not by the pixels too
# grad_y[:, 0].size => len(grad_y)
# %% gradients of scale and shift averaged
# (grad_y * hat).sum((0, 2, 3)), grad_y.sum((0, 2, 3)) => (grad_y * hat).mean((0, 2, 3)), grad_y.mean((0, 2, 3))
# grad_y[:, 0].size => 1
