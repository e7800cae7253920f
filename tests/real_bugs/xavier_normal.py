# %% fan_in alone
def xavier_normal(shape, rng, gain=1.0):
    n = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return gain * rng.standard_normal(shape) / np.sqrt(n)
# %% variance, not deviation
def xavier_normal(shape, rng, gain=1.0):
    k = int(np.prod(shape[2:]))
    return rng.normal(0, gain * 2 / (k * (shape[0] + shape[1])), size=shape)
# %% six, as for the uniform one
def xavier_normal(shape, rng, gain=1.0):
    k = int(np.prod(shape[2:]))
    return gain * rng.normal(size=shape) * np.sqrt(6 / (k * (shape[0] + shape[1])))
# %% one, not two
def xavier_normal(shape, rng, gain=1.0):
    k = int(np.prod(shape[2:]))
    return gain * rng.normal(size=shape) * np.sqrt(1 / (k * (shape[0] + shape[1])))
# %% stops: the old interface of numpy
def xavier_normal(shape, rng, gain=1.0):
    k = int(np.prod(shape[2:]))
    return gain * rng.randn(*shape) * np.sqrt(2 / (k * (shape[0] + shape[1])))
