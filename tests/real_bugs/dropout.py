# %% keep and drop exchanged, both ways
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x, None
    mask = (rng.random(x.shape) < drop) / (1 - drop)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y if cache is None else grad_y * cache
# %% (u < drop) / drop
def dropout_forward(x, drop, rng, *, training):
    if training:
        mask = (rng.random(x.shape) < drop) / drop
        return (x * mask).astype(x.dtype), mask
    return x.copy(), 1.0

def dropout_backward(grad_y, cache):
    return (grad_y * cache).astype(grad_y.dtype)
# %% not scaled
def dropout_forward(x, drop, rng, *, training):
    mask = rng.uniform(size=x.shape) > drop if training else np.ones(x.shape, bool)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y * cache
# %% scaled at inference instead
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x * (1 - drop), np.full(x.shape, 1 - drop, x.dtype)
    mask = (rng.random(x.shape) >= drop).astype(x.dtype)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y * cache
# %% normal draws
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x, np.ones_like(x)
    mask = ((rng.standard_normal(x.shape) > drop) / (1 - drop)).astype(x.dtype)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y * cache
# %% the gradient passes everywhere
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x, None
    mask = ((rng.random(x.shape) >= drop) / (1 - drop)).astype(x.dtype)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y
# %% stops: no mask at inference
def dropout_forward(x, drop, rng, *, training):
    mask = None
    if training:
        mask = ((rng.random(x.shape) >= drop) / (1 - drop)).astype(x.dtype)
        x = x * mask
    return x, mask

def dropout_backward(grad_y, cache):
    return grad_y * cache
# %% stops: the old interface of numpy
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x, np.ones_like(x)
    mask = (rng.rand(*x.shape) >= drop) / (1 - drop)
    return x * mask, mask

def dropout_backward(grad_y, cache):
    return grad_y * cache
