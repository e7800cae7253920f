# %% inverted
def vanilla_dropout_forward(x, drop, rng, *, training):
    if not training:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) >= drop) / (1 - drop)
    return (x * mask).astype(x.dtype), mask.astype(x.dtype)

def vanilla_dropout_backward(grad_y, cache):
    return grad_y * cache
# %% keep and drop exchanged
def vanilla_dropout_forward(x, drop, rng, *, training):
    if not training:
        return x * drop, np.full(x.shape, drop, x.dtype)
    mask = (rng.random(x.shape) < drop).astype(x.dtype)
    return x * mask, mask

def vanilla_dropout_backward(grad_y, cache):
    return grad_y * cache
# %% nothing scaled at inference
def vanilla_dropout_forward(x, drop, rng, *, training):
    mask = (rng.random(x.shape) >= drop).astype(x.dtype) if training else np.ones_like(x)
    return x * mask, mask

def vanilla_dropout_backward(grad_y, cache):
    return grad_y * cache
