# %% the hunt's bug: the larger of the two
def leaky_relu_forward(x, *, slope=0.01):
    return np.maximum(x, x * slope), (x, slope)
# %% slope added
def leaky_relu_forward(x, *, slope=0.01):
    out = np.where(x > 0, x, x + slope)
    return out, (x, slope)
# %% slope fixed
def leaky_relu_forward(x, *, slope=0.01):
    out = x.copy()
    out[x < 0] *= 0.01
    return out, (x, slope)
# %% the slope on the wrong side
def leaky_relu_forward(x, *, slope=0.01):
    return np.where(x < 0, x, slope * x), (x, slope)
# %% written into x
def leaky_relu_forward(x, *, slope=0.01):
    x[x < 0] *= slope
    return x, (x, slope)
