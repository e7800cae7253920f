# %% an average instead of a sum
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + (1 - momentum) * grad
    return weight - rate * v, v
# %% the sign of the step
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v - rate * grad
    return weight - v, v
# %% weight and velocity in place
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v *= momentum
    v -= rate * grad
    weight += v
    return weight, v
# %% weight and state exchanged
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v - rate * grad
    return v, weight + v
