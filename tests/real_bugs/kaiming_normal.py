# %% the two forgotten
def kaiming_normal(shape, rng):
    n = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return rng.normal(size=shape) / np.sqrt(n)
# %% variance, not deviation
def kaiming_normal(shape, rng):
    n = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return rng.normal(0.0, 2 / n, shape)
# %% fan_out
def kaiming_normal(shape, rng):
    n = shape[1] if len(shape) == 2 else shape[0] * np.prod(shape[2:])
    return rng.normal(size=shape) * np.sqrt(2 / n)
# %% the kernel forgotten
def kaiming_normal(shape, rng):
    n = shape[0] if len(shape) == 2 else shape[1]
    return rng.normal(size=shape) * np.sqrt(2 / n)
# %% numpy's own generator
def kaiming_normal(shape, rng):
    n = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return np.random.default_rng(0).normal(size=shape) * np.sqrt(2 / n)
# %% uniform numbers
def kaiming_normal(shape, rng):
    n = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return rng.random(shape) * np.sqrt(2 / n)
