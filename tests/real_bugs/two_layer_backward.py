def sig(z):
    return 0.5 * (1 + np.tanh(z / 2))

def two_layer_forward(x, weight1, bias1, weight2, bias2):
    h = sig(x @ weight1 + bias1)
    y = sig(h @ weight2 + bias2)
    return y, (x, h, y, weight1, weight2)
# %% the first slope starts from grad_y
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y * y * (1 - y)
    d1 = grad_y @ w2.T * h * (1 - h)
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
# %% the slope of the hidden layer forgotten
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y * y * (1 - y)
    d1 = d2 @ w2.T
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
# %% the slope of the output forgotten
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y
    d1 = d2 @ w2.T * h * (1 - h)
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
# %% divided by N
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    n = len(x)
    d2 = grad_y * y * (1 - y)
    d1 = d2 @ w2.T * h * (1 - h)
    return d1 @ w1.T, x.T @ d1 / n, d1.sum(0) / n, h.T @ d2 / n, d2.sum(0) / n
# %% the sigmoid taken once more
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    slope = lambda v: sig(v) * (1 - sig(v))
    d2 = grad_y * slope(y)
    d1 = d2 @ w2.T * slope(h)
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
# %% the two layers exchanged
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y * y * (1 - y)
    d1 = d2 @ w2.T * h * (1 - h)
    return d1 @ w1.T, h.T @ d2, d2.sum(0), x.T @ d1, d1.sum(0)
# %% stops: no transpose
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y * y * (1 - y)
    d1 = d2 @ w2 * h * (1 - h)
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
