# %% no root
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    total = (np.zeros_like(weight) if state is None else state) + grad ** 2
    return weight - rate * grad / (total + eps), total
# %% the old sum
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    total = np.zeros_like(weight) if state is None else state
    return weight - rate * grad / (np.sqrt(total) + eps), total + grad ** 2
# %% eps inside the root
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    total = (np.zeros_like(weight) if state is None else state) + grad ** 2
    return weight - rate * grad / np.sqrt(total + eps), total
# %% the weight in place
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    total = (np.zeros_like(weight) if state is None else state) + grad ** 2
    weight -= rate * grad / (np.sqrt(total) + eps)
    return weight, total
# %% absolute values added
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    total = (np.zeros_like(weight) if state is None else state) + np.abs(grad)
    return weight - rate * grad / (np.sqrt(total) + eps), total
# %% stops: None plus an array
def adagrad(weight, grad, state=None, *, rate, eps=1e-8):
    state = state + grad ** 2
    return weight - rate * grad / (np.sqrt(state) + eps), state
