# %% as it was shipped, written with np.where
def hunt_softmax(x):
    top = x.max(axis=1, keepdims=True)
    z = np.exp(x - np.where(top > 0, top, 0))
    return z / z.sum(axis=1, keepdims=True)
# %% nothing changed but the loop's direction
def hunt_softmax(x):
    top = np.zeros((len(x), 1))
    for k in reversed(range(x.shape[1])):
        top = np.maximum(top, x[:, k:k + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)
