# %% right
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(stride), pair(padding)
    n, c, h, w = x_shape
    xp = np.zeros((n, c, h + 2 * ph, w + 2 * pw), cols.dtype)
    for i in range(cols.shape[1]):
        for j in range(cols.shape[2]):
            xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] += cols[:, i, j].reshape(n, c, kh, kw)
    return xp[:, :, ph:ph + h, pw:pw + w]
# %% = for +=
# += cols => = cols
# %% averaged where windows overlap
# cols.dtype) => cols.dtype)\n    count = np.zeros_like(xp)
# (n, c, kh, kw) => (n, c, kh, kw)\n            count[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] += 1
# return xp => return (xp / np.maximum(count, 1))
# %% the frame left on
# xp[:, :, ph:ph + h, pw:pw + w] => xp
# %% minus padding as the end
# ph:ph + h, pw:pw + w => ph:-ph, pw:-pw
# %% fancy index with +=, np.add.at forgotten
def col2im(cols, x_shape, kernel, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel), pair(stride), pair(padding)
    n, c, h, w = x_shape
    xp = np.zeros((n, c, h + 2 * ph, w + 2 * pw), cols.dtype)
    rows, columns = cols.shape[1:3]
    i = sh * np.arange(rows)[:, None, None, None] + np.arange(kh)[:, None]
    j = sw * np.arange(columns)[:, None, None] + np.arange(kw)
    xp[:, :, i, j] += cols.reshape(n, rows, columns, c, kh, kw).transpose(0, 3, 1, 2, 4, 5)
    return xp[:, :, ph:ph + h, pw:pw + w]
