# %% the bias is forgotten
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols))
    for n in range(len(x)):
        for k in range(f):
            for i in range(rows):
                for j in range(cols):
                    y[n, k, i, j] = np.sum(xp[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw] * weight[k])
    return y, (x, weight, stride, padding)
# %% the stride only to the right
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for n in range(len(x)):
        for k in range(f):
            for i in range(rows):
                for j in range(cols):
                    y[n, k, i, j] = np.sum(xp[n, :, i:i + kh, j * stride:j * stride + kw] * weight[k]) + bias[k]
    return y, None
# %% the kernel turned round
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    w = np.flip(weight, (2, 3))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, w) + bias
    return y, None
# %% stops: the width from the height
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows = cols = (xp.shape[2] - kh) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, weight) + bias
    return y, None
# %% stops: a size that is a float
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    rows = 1 + (x.shape[2] + 2 * padding - kh) / stride
    cols = 1 + (x.shape[3] + 2 * padding - kw) / stride
    y = np.zeros((len(x), f, rows, cols))
    return y, None
# %% stops: an assertion about the remainder
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    assert (x.shape[2] + 2 * padding - kh) % stride == 0
    assert (x.shape[3] + 2 * padding - kw) % stride == 0
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, weight) + bias
    return y, None
