# %% the gradient at the old place
def nesterov(weight, grad_function, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + rate * grad_function(weight)
    return weight - v, v
# %% looks ahead on the wrong side
def nesterov(weight, grad_function, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + rate * grad_function(weight + momentum * v)
    return weight - v, v
# %% the step starts where it has looked
def nesterov(weight, grad_function, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    ahead = weight - momentum * v
    v = momentum * v + rate * grad_function(ahead)
    return ahead - v, v
# %% the whole velocity ahead
def nesterov(weight, grad_function, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + rate * grad_function(weight - v)
    return weight - v, v
# %% stops: the function taken for an array
def nesterov(weight, grad_function, state=None, *, rate, momentum=0.9):
    v = np.zeros_like(weight) if state is None else state
    v = momentum * v + rate * grad_function
    return weight - v, v
