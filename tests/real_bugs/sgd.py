# %% uphill
def sgd(weight, grad, state=None, *, rate):
    return weight + rate * grad, None
# %% in place
def sgd(weight, grad, state=None, *, rate):
    weight -= rate * grad
    return weight, None
# %% the rate forgotten
def sgd(weight, grad, state=None, *, rate):
    return weight - grad, None
# %% divided by the rate
def sgd(weight, grad, state=None, *, rate):
    return weight - grad / rate, None
# %% stops: the state is forgotten
def sgd(weight, grad, state=None, *, rate):
    return weight - rate * grad
