def sig(z):
    return 0.5 * (1 + np.tanh(z / 2))
# %% the last sigmoid forgotten
def two_layer_forward(x, weight1, bias1, weight2, bias2):
    h = sig(x @ weight1 + bias1)
    return h @ weight2 + bias2, (x, h)
# %% the second layer reads z
def two_layer_forward(x, weight1, bias1, weight2, bias2):
    z = x @ weight1 + bias1
    h = sig(z)
    return sig(z @ weight2 + bias2), (x, h)
# %% the first bias forgotten
def two_layer_forward(x, weight1, bias1, weight2, bias2):
    h = sig(np.dot(x, weight1))
    return sig(np.dot(h, weight2) + bias2), (x, h)
# %% stops: transposed weights
def two_layer_forward(x, weight1, bias1, weight2, bias2):
    h = sig(weight1.T @ x + bias1)
    return sig(weight2.T @ h + bias2), (x, h)
