# %% right
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, weight) + bias
    return y, (xp, weight, stride, padding, x.shape)
# %% the bias is forgotten
# patch, weight) + bias => patch, weight)
# (len(x), f, rows, cols), x.dtype) => (len(x), f, rows, cols))
# %% the stride only to the right
# xp[:, :, i * stride:i * stride + kh => xp[:, :, i:i + kh
# %% the kernel turned round
# patch, weight) => patch, np.flip(weight, (2, 3)))
# %% stops: the width from the height
# rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1 => rows = cols = (xp.shape[2] - kh) // stride + 1
# %% stops: a size that is a float
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    rows = 1 + (x.shape[2] + 2 * padding - kh) / stride
    cols = 1 + (x.shape[3] + 2 * padding - kw) / stride
    y = np.zeros((len(x), f, rows, cols))
    return y, None
# %% stops: an assertion about the remainder
# = weight.shape => = weight.shape\n    assert (xp.shape[2] - kh) % stride == 0 and (xp.shape[3] - kw) % stride == 0
