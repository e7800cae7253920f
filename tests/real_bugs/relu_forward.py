# %% absolute value
def relu_forward(x):
    return np.abs(x), x
# %% written into x
def relu_forward(x):
    x[x < 0] = 0
    return x, x
# %% the mask comes back
def relu_forward(x):
    mask = x > 0
    return mask, x
# %% minimum for maximum
def relu_forward(x):
    out = np.minimum(0, x)
    return out, (x, out)
# %% stops: Python's max
def relu_forward(x):
    return max(0, x), x
# %% the result is left in a variable
def relu_forward(x):
    out = np.maximum(0, x)
