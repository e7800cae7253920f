# %% the bias gradient is averaged
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return (grad_y @ weight.T).reshape(x.shape), x.reshape(len(x), -1).T @ grad_y, grad_y.mean(axis=0)
# %% the bias gradient keeps an axis
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    db = np.sum(grad_y, axis=0, keepdims=True)
    return (grad_y @ weight.T).reshape(x.shape), x.reshape(len(x), -1).T @ grad_y, db
# %% the bias gradient is not summed
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return (grad_y @ weight.T).reshape(x.shape), x.reshape(len(x), -1).T @ grad_y, grad_y
# %% divided by N
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    n = len(x)
    return (grad_y @ weight.T).reshape(x.shape), x.reshape(n, -1).T @ grad_y / n, grad_y.sum(axis=0) / n
# %% weight and bias gradient exchanged
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return (grad_y @ weight.T).reshape(x.shape), grad_y.sum(axis=0), x.reshape(len(x), -1).T @ grad_y
# %% grad_x stays flat
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return grad_y @ weight.T, x.reshape(len(x), -1).T @ grad_y, grad_y.sum(axis=0)
# %% stops: no transpose
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return (grad_y @ weight).reshape(x.shape), x.reshape(len(x), -1).T @ grad_y, grad_y.sum(axis=0)
# %% stops: images are not flattened
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    return grad_y @ weight.T, x.T @ grad_y, grad_y.sum(axis=0)
# %% stops: no return
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight = cache
    dx = (grad_y @ weight.T).reshape(x.shape)
# %% stops: the three values of CS231n's cache
def linear_forward(x, weight, bias):
    return x.reshape(len(x), -1) @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    x, weight, bias = cache
    return (grad_y @ weight.T).reshape(x.shape), x.reshape(len(x), -1).T @ grad_y, grad_y.sum(axis=0)
