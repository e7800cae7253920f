# %% the argmax pixel is overwritten
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (ph, pw) = pair(kernel), pair(padding)
    sh, sw = pair(kernel if stride is None else stride)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, cols = (padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1
    y = np.empty((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = padded[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].max(axis=(2, 3))
    return y, (padded, kh, kw, sh, sw, ph, pw)

def maxpool2d_backward(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    d = np.zeros_like(padded)
    for n, c, i, j in np.ndindex(grad_y.shape):
        window = padded[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw]
        a, b = np.unravel_index(window.argmax(), window.shape)
        d[n, c, i * sh + a, j * sw + b] = grad_y[n, c, i, j]
    return d[:, :, ph:d.shape[2] - ph, pw:d.shape[3] - pw]
# %% ties all get the gradient
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (ph, pw) = pair(kernel), pair(padding)
    sh, sw = pair(kernel if stride is None else stride)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, cols = (padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1
    y = np.empty((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = padded[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].max(axis=(2, 3))
    return y, (padded, kh, kw, sh, sw, ph, pw)

def maxpool2d_backward(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    d = np.zeros_like(padded)
    for n, c, i, j in np.ndindex(grad_y.shape):
        window = padded[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw] += (window == window.max()) * grad_y[n, c, i, j]
    return d[:, :, ph:d.shape[2] - ph, pw:d.shape[3] - pw]
# %% the hunt's bug: the last window wins
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else tuple(v)
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(kernel if stride is None else stride), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].max(axis=(2, 3))
    return y, (x, xp, kh, kw, sh, sw, ph, pw)

def maxpool2d_backward(grad_y, cache):
    x, xp, kh, kw, sh, sw, ph, pw = cache
    dxp = np.zeros(xp.shape, grad_y.dtype)
    for n, c, i, j in np.ndindex(grad_y.shape):
        window = xp[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dxp[n, c, i * sh + u, j * sw + v] = grad_y[n, c, i, j]
    return dxp[:, :, ph:ph + x.shape[2], pw:pw + x.shape[3]]
