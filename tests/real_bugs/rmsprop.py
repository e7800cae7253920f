# %% in place
def rmsprop(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    s = np.zeros_like(weight) if state is None else state
    s = decay * s + (1 - decay) * grad ** 2
    weight -= rate * grad / (np.sqrt(s) + eps)
    return weight, s
# %% decay on the wrong side
def rmsprop(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    s = np.zeros_like(weight) if state is None else state
    s = (1 - decay) * s + decay * grad ** 2
    return weight - rate * grad / (np.sqrt(s) + eps), s
# %% not weighed
def rmsprop(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    s = np.zeros_like(weight) if state is None else state
    s = decay * s + grad ** 2
    return weight - rate * grad / (np.sqrt(s) + eps), s
# %% eps inside the root
def rmsprop(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    s = np.zeros_like(weight) if state is None else state
    s = decay * s + (1 - decay) * grad * grad
    return weight - rate * grad / np.sqrt(s + eps), s
# %% the square forgotten
def rmsprop(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    s = np.zeros_like(weight) if state is None else state
    s = decay * s + (1 - decay) * grad
    return weight - rate * grad / (np.sqrt(s) + eps), s
