def rows_of(x, kh, kw, stride, padding):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, c, h, w = xp.shape
    rows, cols = (h - kh) // sh + 1, (w - kw) // sw + 1
    out = np.zeros((n, rows, cols, c * kh * kw), x.dtype)
    for i in range(rows):
        for j in range(cols):
            out[:, i, j] = xp[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw].reshape(n, -1)
    return out
# %% a reshape where a transpose belongs
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    patches = rows_of(x, kh, kw, stride, padding)
    n, rows, cols, _ = patches.shape
    return (patches @ weight.reshape(f, -1).T + bias).reshape(n, f, rows, cols)
# %% the bias forgotten
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    patches = rows_of(x, kh, kw, stride, padding)
    return (patches @ weight.reshape(f, -1).T).transpose(0, 3, 1, 2)
# %% weights reshaped, not transposed
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    patches = rows_of(x, kh, kw, stride, padding)
    return (patches @ weight.reshape(-1, f) + bias).transpose(0, 3, 1, 2)
# %% a true convolution: the kernel is turned
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    patches = rows_of(x, kh, kw, stride, padding)
    return (patches @ weight[:, :, ::-1, ::-1].reshape(f, -1).T + bias).transpose(0, 3, 1, 2)
# %% stops: bias as a row of the wrong axis
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    f, c, kh, kw = weight.shape
    patches = rows_of(x, kh, kw, stride, padding)
    return (patches @ weight.reshape(f, -1).T).transpose(0, 3, 1, 2) + bias
