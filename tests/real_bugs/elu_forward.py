# %% the hunt's bug: brackets
def elu_forward(x, *, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)
    return out, (x, out, alpha)
# %% alpha forgotten
def elu_forward(x, *, alpha=1.0):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))), (x, alpha)
# %% without the minus one
def elu_forward(x, *, alpha=1.0):
    out = np.copy(x)
    out[x < 0] = alpha * np.exp(x[x < 0])
    return out, (x, alpha)
# %% mask times infinity
def elu_forward(x, *, alpha=1.0):
    neg = alpha * (np.exp(x) - 1)
    return (x > 0) * x + (x <= 0) * neg, (x, alpha)
