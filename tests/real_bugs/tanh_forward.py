# %% the hunt's bug: exp(2x) overflows
def tanh_forward(x):
    e2x = np.exp(2 * x)
    out = (e2x - 1) / (e2x + 1)
    return out, out
# %% both exponentials, no guard
def tanh_forward(x):
    a, b = np.exp(x), np.exp(-x)
    return (a - b) / (a + b), (x,)
# %% from the sigmoid, the 2 forgotten outside
def tanh_forward(x):
    s = 1 / (1 + np.exp(-2 * x))
    return s - 1, s
# %% stops: math for arrays
def tanh_forward(x):
    import math
    return math.tanh(x), x
