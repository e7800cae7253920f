# %% the hunt's bug: fan_out forgets the kernel
def fans(shape, groups=1):
    if len(shape) == 2:
        return shape[0], shape[1]
    f, c, kh, kw = shape
    return c * kh * kw, f // groups
# %% linear exchanged
def fans(shape, groups=1):
    if len(shape) == 2:
        return shape[1], shape[0]
    f, c, kh, kw = shape
    return c * kh * kw, f * kh * kw // groups
# %% the kernel forgotten in both
def fans(shape, groups=1):
    if len(shape) == 2:
        return tuple(shape)
    return shape[1], shape[0] // groups
# %% filters and channels exchanged
def fans(shape, groups=1):
    if len(shape) == 2:
        return shape[0], shape[1]
    size = shape[2] * shape[3]
    return shape[0] * size // groups, shape[1] * size
