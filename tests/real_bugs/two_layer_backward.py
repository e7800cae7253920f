def sig(z):
    return 0.5 * (1 + np.tanh(z / 2))

def two_layer_forward(x, weight1, bias1, weight2, bias2):
    h = sig(x @ weight1 + bias1)
    y = sig(h @ weight2 + bias2)
    return y, (x, h, y, weight1, weight2)
# %% right
def two_layer_backward(grad_y, cache):
    x, h, y, w1, w2 = cache
    d2 = grad_y * y * (1 - y)
    d1 = d2 @ w2.T * h * (1 - h)
    return d1 @ w1.T, x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)
# %% the first slope starts from grad_y
# d2 @ w2.T => grad_y @ w2.T
# %% the slope of the hidden layer forgotten
# d2 @ w2.T * h * (1 - h) => d2 @ w2.T
# %% the slope of the output forgotten
# grad_y * y * (1 - y) => grad_y
# %% divided by N
# x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0) => x.T @ d1 / len(x), d1.mean(0), h.T @ d2 / len(x), d2.mean(0)
# %% the sigmoid taken once more
# grad_y * y * (1 - y) => grad_y * sig(y) * (1 - sig(y))
# d2 @ w2.T * h * (1 - h) => d2 @ w2.T * sig(h) * (1 - sig(h))
# %% the two layers exchanged
# x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0) => h.T @ d2, d2.sum(0), x.T @ d1, d1.sum(0)
# %% stops: no transpose
# d2 @ w2.T => d2 @ w2
