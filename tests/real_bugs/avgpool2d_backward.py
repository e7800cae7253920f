def setting(kernel, stride, padding):
    pair = lambda v: (v, v) if isinstance(v, int) else tuple(v)
    stride = kernel if stride is None else stride
    return (*pair(kernel), *pair(stride), *pair(padding))

def avgpool2d_forward(x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw = size = setting(kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].mean(axis=(2, 3))
    return y, (x.shape, xp.shape, size)
# %% not divided by the window
def avgpool2d_backward(grad_y, cache):
    shape, padded, (kh, kw, sh, sw, ph, pw) = cache
    dx = np.zeros(padded, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            dx[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] += grad_y[:, :, i:i + 1, j:j + 1]
    return dx[:, :, ph:ph + shape[2], pw:pw + shape[3]]
# %% = where windows overlap
def avgpool2d_backward(grad_y, cache):
    shape, padded, (kh, kw, sh, sw, ph, pw) = cache
    dx = np.zeros(padded, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            dx[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] = grad_y[:, :, i:i + 1, j:j + 1] / (kh * kw)
    return dx[:, :, ph:ph + shape[2], pw:pw + shape[3]]
# %% the frame left on
def avgpool2d_backward(grad_y, cache):
    shape, padded, (kh, kw, sh, sw, ph, pw) = cache
    dx = np.zeros(padded, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            dx[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] += grad_y[:, :, i:i + 1, j:j + 1] / (kh * kw)
    return dx
