# %% no correction of the start
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    return weight - rate * m / (np.sqrt(v) + eps), (t + 1, m, v)
# %% eps before the correction
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    step = rate * np.sqrt(1 - beta2 ** t) / (1 - beta1 ** t)
    return weight - step * m / (np.sqrt(v) + eps), (t, m, v)
# %% the corrected averages are kept
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, 0.0, 0.0) if state is None else state
    t += 1
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1 ** t)
    v = (beta2 * v + (1 - beta2) * grad ** 2) / (1 - beta2 ** t)
    return weight - rate * m / (np.sqrt(v) + eps), (t, m, v)
# %% the weight is changed in place
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    weight -= rate * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps)
    return weight, (t, m, v)
# %% eps under the root
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    return weight - rate * (m / (1 - beta1 ** t)) / np.sqrt(v / (1 - beta2 ** t) + eps), (t, m, v)
# %% stops: no state at the first step
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state
    return weight, (t, m, v)
# %% stops: the state is not returned
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    return weight - rate * np.sign(grad)
# %% the hunt's bug: multiplied by the correction
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state or (0, np.zeros_like(weight), np.zeros_like(weight))
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    mt, vt = m * (1 - beta1 ** t), v * (1 - beta2 ** t)
    return weight - rate * mt / (np.sqrt(vt) + eps), (t, m, v)
