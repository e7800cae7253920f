# %% right
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v - rate * grad
    return weight + v, v
# %% an average instead of a sum
# momentum * v - rate * grad => momentum * v + (1 - momentum) * grad
# weight + v => weight - rate * v
# %% the sign of the step
# weight + v => weight - v
# %% weight and velocity in place
def momentum(weight, grad, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v *= momentum
    v -= rate * grad
    weight += v
    return weight, v
# %% weight and state exchanged
# weight + v, v => v, weight + v
