# %% right
def im2col(x, kernel, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(stride), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    out = np.zeros((len(x), rows, cols, x.shape[1] * kh * kw), x.dtype)
    for i in range(rows):
        for j in range(cols):
            out[:, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].reshape(len(x), -1)
    return out
# %% stride pair exchanged
# (sh, sw) => (sw, sh)
# %% the stride forgotten in the slice
# i * sh:i * sh + kh, j * sw:j * sw + kw => i:i + kh, j:j + kw
# %% a reshape without a transpose
def im2col(x, kernel, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(stride), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows, cols = (xp.shape[2] - kh) // sh + 1, (xp.shape[3] - kw) // sw + 1
    out = np.zeros((len(x), x.shape[1], kh, kw, rows, cols), x.dtype)
    for i in range(kh):
        for j in range(kw):
            out[:, :, i, j] = xp[:, :, i:i + sh * rows:sh, j:j + sw * cols:sw]
    return out.reshape(-1, x.shape[1] * kh * kw)
# %% the hunt's bug: borders exchanged
def im2col(x, kernel, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(stride), pair(padding)
    n, c, h, w = x.shape
    rows, cols = (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1
    out = np.zeros((n, rows, cols, c, kh, kw), x.dtype)
    for i in range(rows):
        for j in range(cols):
            for u in range(kh):
                for v in range(kw):
                    r, k = i * sh + u - ph, j * sw + v - pw
                    if 0 <= r < w and 0 <= k < h and r < h and k < w:
                        out[:, i, j, :, u, v] = x[:, :, r, k]
    return out.reshape(n, rows, cols, -1)
