# %% the bias is not scaled
def fold_batchnorm(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    k = scale / np.sqrt(var + eps)
    return weight * k[:, None, None, None], bias + shift - mean * k
# %% the mean forgotten
def fold_batchnorm(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    k = scale / np.sqrt(var + eps)
    return weight * k[:, None, None, None], bias * k + shift
# %% the root forgotten
def fold_batchnorm(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    k = scale / (var + eps)
    return weight * k[:, None, None, None], (bias - mean) * k + shift
# %% stops: the factor on the wrong axis
def fold_batchnorm(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    k = scale / np.sqrt(var + eps)
    return weight * k, (bias - mean) * k + shift
