# %% statistics of its own
def standardize(x, mean, std):
    return (x - x.mean(axis=0)) / x.std(axis=0)
# %% a bracket missing
def standardize(x, mean, std):
    return x - mean / std
# %% by the variance
def standardize(x, mean, std):
    return (x - mean) / std ** 2
# %% not centred
def standardize(x, mean, std):
    return x / std
