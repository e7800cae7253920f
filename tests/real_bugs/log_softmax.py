# %% the log of a finished softmax
def log_softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return np.log(e / np.sum(e, axis=-1, keepdims=True))
# %% the hunt's bug: the maximum starts from 0
def log_softmax(x):
    m = np.maximum(0, np.max(x, axis=-1, keepdims=True))
    z = x - m
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
# %% no shift
def log_softmax(x):
    return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))
# %% the shift is not undone
def log_softmax(x):
    m = x.max(-1, keepdims=True)
    return x - np.log(np.exp(x - m).sum(-1, keepdims=True))
# %% a little more inside
def log_softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return np.log(e / np.sum(e, axis=-1, keepdims=True) + 1e-9)
# %% stops: keepdims forgotten
def log_softmax(x):
    z = x - x.max(axis=-1)
    return z - np.log(np.exp(z).sum(axis=-1))
