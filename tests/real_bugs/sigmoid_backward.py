# %% the slope of y
def sigmoid_forward(x):
    y = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
    return y, y

def sigmoid_backward(grad_y, cache):
    s = 1 / (1 + np.exp(-cache))
    return grad_y * s * (1 - s)
# %% a factor forgotten
def sigmoid_forward(x):
    y = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
    return y, y

def sigmoid_backward(grad_y, cache):
    return grad_y * (1 - cache)
# %% grad_y forgotten
def sigmoid_forward(x):
    y = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
    return y, y

def sigmoid_backward(grad_y, cache):
    return cache * (1 - cache)
