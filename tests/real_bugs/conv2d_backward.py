# %% a frame of 1 is cut off, whatever the padding
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, weight) + bias
    return y, (xp, weight, stride)

def conv2d_backward(grad_y, cache):
    xp, weight, stride = cache
    kh, kw = weight.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            a, b = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw += np.einsum("nf,nchw->fchw", grad_y[:, :, i, j], xp[:, :, a, b])
            dxp[:, :, a, b] += np.einsum("nf,fchw->nchw", grad_y[:, :, i, j], weight)
    return dxp[:, :, 1:-1, 1:-1], dw, grad_y.sum(axis=(0, 2, 3))
# %% weight and bias gradient exchanged
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

def conv2d_backward(grad_y, cache):
    xp, weight, stride, p, shape = cache
    kh, kw = weight.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            a, b = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw += np.einsum("nf,nchw->fchw", grad_y[:, :, i, j], xp[:, :, a, b])
            dxp[:, :, a, b] += np.einsum("nf,fchw->nchw", grad_y[:, :, i, j], weight)
    return dxp[:, :, p:p + shape[2], p:p + shape[3]], grad_y.sum(axis=(0, 2, 3)), dw
# %% a slice that is empty without padding
def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    f, c, kh, kw = weight.shape
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), f, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, weight) + bias
    return y, (xp, weight, stride, padding)

def conv2d_backward(grad_y, cache):
    xp, weight, stride, p = cache
    kh, kw = weight.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            a, b = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw += np.einsum("nf,nchw->fchw", grad_y[:, :, i, j], xp[:, :, a, b])
            dxp[:, :, a, b] += np.einsum("nf,fchw->nchw", grad_y[:, :, i, j], weight)
    return dxp[:, :, p:-p, p:-p], dw, grad_y.sum(axis=(0, 2, 3))
# %% the weight gradient is overwritten
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

def conv2d_backward(grad_y, cache):
    xp, weight, stride, p, shape = cache
    kh, kw = weight.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            a, b = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw = np.einsum("nf,nchw->fchw", grad_y[:, :, i, j], xp[:, :, a, b])
            dxp[:, :, a, b] += np.einsum("nf,fchw->nchw", grad_y[:, :, i, j], weight)
    return dxp[:, :, p:p + shape[2], p:p + shape[3]], dw, grad_y.sum(axis=(0, 2, 3))
