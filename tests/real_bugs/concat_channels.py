# %% the batches joined
def concat_channels_forward(xs):
    return np.concatenate(xs, axis=0), [len(x) for x in xs]

def concat_channels_backward(grad_y, cache):
    return np.split(grad_y, np.cumsum(cache)[:-1], axis=0)
# %% equal shares on the way back
def concat_channels_forward(xs):
    return np.concatenate(xs, axis=1), len(xs)

def concat_channels_backward(grad_y, cache):
    return np.array_split(grad_y, cache, axis=1)
# %% sizes taken for places
def concat_channels_forward(xs):
    return np.concatenate(xs, axis=1), [x.shape[1] for x in xs]

def concat_channels_backward(grad_y, cache):
    return np.split(grad_y, cache, axis=1)
