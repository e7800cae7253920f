# %% the sign in the exponent
def sigmoid_forward(x):
    s = 1.0 / (1.0 + np.exp(x))
    return s, s
# %% exp over 1 + exp
def sigmoid_forward(x):
    ex = np.exp(x)
    return ex / (1 + ex), x
# %% clipped far too early
def sigmoid_forward(x):
    s = 1 / (1 + np.exp(-np.clip(x, -10, 10)))
    return s, s
# %% only the array comes back
def sigmoid_forward(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
# %% stops: an if on an array
def sigmoid_forward(x):
    if x >= 0:
        s = 1 / (1 + np.exp(-x))
    else:
        s = np.exp(x) / (1 + np.exp(x))
    return s, s
