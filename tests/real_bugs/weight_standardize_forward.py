# %% over everything
def weight_standardize_forward(weight, *, eps=1e-5):
    hat = (weight - weight.mean()) / np.sqrt(weight.var() + eps)
    return hat, hat
# %% over the filters
def weight_standardize_forward(weight, *, eps=1e-5):
    hat = (weight - weight.mean(axis=0)) / np.sqrt(weight.var(axis=0) + eps)
    return hat, hat
# %% the mean alone
def weight_standardize_forward(weight, *, eps=1e-5):
    axes = tuple(range(1, weight.ndim))
    hat = weight - weight.mean(axis=axes, keepdims=True)
    return hat, hat
# %% eps outside the root
def weight_standardize_forward(weight, *, eps=1e-5):
    axes = tuple(range(1, weight.ndim))
    hat = (weight - weight.mean(axes, keepdims=True)) / (weight.std(axes, keepdims=True) + eps)
    return hat, hat
