# %% right
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
# %% the sum
# .mean(axis=(2, 3)) => .sum(axis=(2, 3))
# %% divided by kernel height squared
# .mean(axis=(2, 3)) => .sum(axis=(2, 3)) / (kh * kh)
# %% the mean over channels too
# .mean(axis=(2, 3)) => .mean(axis=(1, 2, 3))[:, None]
