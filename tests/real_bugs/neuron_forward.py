# %% right
def neuron_forward(x, weight, bias, *, activation="step"):
    z = x @ weight + bias
    if activation == "step":
        return np.where(z > 0, 1.0, 0.0)
    if activation == "sigmoid":
        return 0.5 * (1 + np.tanh(z / 2))
    if activation == "sign":
        return np.where(z > 0, 1.0, -1.0)
    return np.tanh(z) if activation == "tanh" else np.maximum(z, 0) if activation == "relu" else z
# %% the step is at or above the wrong side
# np.where(z > 0, 1.0, 0.0) => np.sign(z)
# %% only the step
def neuron_forward(x, weight, bias, *, activation="step"):
    z = x @ weight + bias
    if activation == "step":
        return (z > 0).astype(float)
# %% the bias subtracted
# x @ weight + bias => x @ weight - bias
# %% the sigmoid's sign
def neuron_forward(x, weight, bias, *, activation="step"):
    z = np.dot(x, weight) + bias
    if activation == "sigmoid":
        return 1 / (1 + np.exp(z))
    if activation == "tanh":
        return np.tanh(z)
    if activation == "relu":
        return np.maximum(0, z)
    if activation == "step":
        return (z > 0) * 1.0
    if activation == "sign":
        return np.where(z > 0, 1.0, -1.0)
    return z
