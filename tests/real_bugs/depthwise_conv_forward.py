# %% all channels mixed
def depthwise_conv_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    c, kh, kw = len(weight), weight.shape[-2], weight.shape[-1]
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), c, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nduv,cuv->nc", patch, weight.reshape(c, kh, kw)) + bias
    return y, (x, weight)
# %% one kernel for all
def depthwise_conv_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    c, kh, kw = len(weight), weight.shape[-2], weight.shape[-1]
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), c, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = (patch * weight.reshape(c, kh, kw)[0]).sum((2, 3)) + bias
    return y, (x, weight)
# %% the bias forgotten
def depthwise_conv_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    c, kh, kw = len(weight), weight.shape[-2], weight.shape[-1]
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), c, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = (patch * weight.reshape(c, kh, kw)).sum((2, 3))
    return y, (x, weight)
