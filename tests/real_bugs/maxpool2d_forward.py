def setting(kernel, stride, padding):
    pair = lambda v: (v, v) if isinstance(v, int) else tuple(v)
    stride = kernel if stride is None else stride
    return (*pair(kernel), *pair(stride), *pair(padding))
# %% padded with zeros
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw = setting(kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].max(axis=(2, 3))
    return y, (x,)
# %% the stride is always the kernel
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw = setting(kernel, None, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].max(axis=(2, 3))
    return y, (x,)
# %% the maximum over channels too
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw = setting(kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for n in range(len(x)):
        for i in range(rows):
            for j in range(cols):
                y[n, :, i, j] = np.max(xp[n, :, i * sh:i * sh + kh, j * sw:j * sw + kw])
    return y, (x,)
# %% the mean
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw = setting(kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    y = np.zeros((*x.shape[:2], rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].mean(axis=(2, 3))
    return y, (x,)
# %% stops: no stride means None
def maxpool2d_forward(x, kernel, stride=None, padding=0):
    n, c, h, w = x.shape
    rows, cols = (h - kernel) // stride + 1, (w - kernel) // stride + 1
    y = np.zeros((n, c, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            y[:, :, i, j] = x[:, :, i * stride:i * stride + kernel, j * stride:j * stride + kernel].max((2, 3))
    return y, (x,)
