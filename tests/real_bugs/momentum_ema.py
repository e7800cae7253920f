# %% the classical form
def momentum_ema(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + grad
    return weight - rate * v, v
# %% the two factors exchanged
def momentum_ema(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = (1 - momentum) * v + momentum * grad
    return weight - rate * v, v
# %% the average starts at the first gradient
def momentum_ema(weight, grad, state=None, *, rate, momentum=0.9):
    v = grad if state is None else state
    v = momentum * v + (1 - momentum) * grad
    return weight - rate * v, v
# %% the old average is returned
def momentum_ema(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    new = momentum * v + (1 - momentum) * grad
    return weight - rate * new, v
# %% the rate inside the average
def momentum_ema(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + (1 - momentum) * rate * grad
    return weight - rate * v, v
