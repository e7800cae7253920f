# %% the bias forgotten
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1).dot(weight), (x, weight)
# %% images not flattened
def linear_forward(x, weight, bias):
    return x.dot(weight) + bias, (x, weight, bias)
# %% weight transposed
def linear_forward(x, weight, bias):
    return x.reshape(x.shape[0], -1) @ weight.T + bias, (x, weight)
# %% the bias twice
def linear_forward(x, weight, bias):
    flat = np.reshape(x, (x.shape[0], -1))
    out = flat @ weight + bias
    out += bias
    return out, (x, weight)
# %% stops: cache alone is missing
def linear_forward(x, weight, bias):
    return x.reshape(x.shape[0], -1) @ weight + bias
