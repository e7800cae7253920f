# %% right
def conv2d_transpose_forward(x, weight, bias, *, stride=1, padding=0):
    n, c, h, w = x.shape
    _, f, kh, kw = weight.shape
    y = np.zeros((n, f, (h - 1) * stride + kh, (w - 1) * stride + kw), x.dtype)
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("nc,cfuv->nfuv", x[:, :, i, j], weight)
            y[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw] += stamp
    y = y[:, :, padding:y.shape[2] - padding, padding:y.shape[3] - padding]
    return y + bias[:, None, None], (x, weight)
# %% = where stamps overlap
# += stamp => = stamp
# %% padding added instead of cut off
def conv2d_transpose_forward(x, weight, bias, *, stride=1, padding=0):
    n, c, h, w = x.shape
    _, f, kh, kw = weight.shape
    y = np.zeros((n, f, (h - 1) * stride + kh + 2 * padding, (w - 1) * stride + kw + 2 * padding), x.dtype)
    for i in range(h):
        for j in range(w):
            a, b = i * stride + padding, j * stride + padding
            y[:, :, a:a + kh, b:b + kw] += np.einsum("nc,cfuv->nfuv", x[:, :, i, j], weight)
    return y + bias[:, None, None], (x, weight)
# %% the bias in every stamp
# x[:, :, i, j], weight) => x[:, :, i, j], weight) + bias[:, None, None]
# y + bias[:, None, None] => y
# %% stops: bias not reshaped
# y + bias[:, None, None] => y + bias
