# %% the variance
def channel_stats(images):
    return images.mean(axis=(0, 2, 3)), images.var(axis=(0, 2, 3))
# %% the mean of the images' deviations
def channel_stats(images):
    return images.mean(axis=(0, 2, 3)), images.std(axis=(2, 3)).mean(axis=0)
# %% one number for all
def channel_stats(images):
    return images.mean(), images.std()
# %% by N - 1
def channel_stats(images):
    return images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3), ddof=1)
# %% over the last axis, as if channels came last
def channel_stats(images):
    return images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
