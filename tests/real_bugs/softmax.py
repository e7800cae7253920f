# %% no shift
def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
# %% over the examples
def softmax(x):
    e = np.exp(x - x.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
# %% over everything
def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()
# %% stops: keepdims forgotten
def softmax(x):
    e = np.exp(x - x.max(axis=-1))
    return e / e.sum(axis=-1)
# %% stops: math.exp
def softmax(x):
    import math
    e = math.exp(x)
    return e / sum(e)
# %% printed and not returned
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
# %% the hunt's bug: a maximum that starts from 0
def softmax(x):
    top = np.zeros(x.shape[:-1] + (1,))
    for k in range(x.shape[-1]):
        top = np.maximum(top, x[..., k:k + 1])
    e = np.exp(x - top)
    return e / e.sum(axis=-1, keepdims=True)
