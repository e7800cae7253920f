# %% halved
def mse_forward(y, target):
    return 0.5 * np.mean((y - target) ** 2), (y, target)
# %% summed
def mse_forward(y, target):
    return ((y - target) ** 2).sum(), (y, target)
# %% divided by the examples
def mse_forward(y, target):
    return np.sum((y - target) ** 2) / len(y), (y, target)
# %% not squared
def mse_forward(y, target):
    return np.mean(y - target), (y, target)
# %% a root too many
def mse_forward(y, target):
    return np.sqrt(np.mean((y - target) ** 2)), (y, target)
# %% stops: only for two axes
def mse_forward(y, target):
    n, m = y.shape
    return ((y - target) ** 2).sum() / (n * m), (y, target)
