# %% half
def weight_decay(weight, grad, decay):
    return grad + 0.5 * decay * weight
# %% twice
def weight_decay(weight, grad, decay):
    return grad + 2 * decay * weight
# %% the weight shrinks
def weight_decay(weight, grad, decay):
    return weight - decay * grad
# %% written into grad
def weight_decay(weight, grad, decay):
    grad += decay * weight
    return grad
# %% squares
def weight_decay(weight, grad, decay):
    return grad + decay * weight ** 2
