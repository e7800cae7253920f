# %% an image at a time, padding forgotten
def conv_as_matrix(weight, x_shape, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    c, h, w = x_shape
    f, _, kh, kw = weight.shape
    rows, cols = (h - kh) // sh + 1, (w - kw) // sw + 1
    m = np.zeros((f, rows, cols, c, h, w), weight.dtype)
    for i in range(rows):
        for j in range(cols):
            m[:, i, j, :, i * sh:i * sh + kh, j * sw:j * sw + kw] = weight
    return m.reshape(f * rows * cols, c * h * w)
# %% transposed
def conv_as_matrix(weight, x_shape, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    c, h, w = x_shape
    f, _, kh, kw = weight.shape
    rows, cols = (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1
    m = np.zeros((f, rows, cols, c, h + 2 * ph, w + 2 * pw), weight.dtype)
    for i in range(rows):
        for j in range(cols):
            m[:, i, j, :, i * sh:i * sh + kh, j * sw:j * sw + kw] = weight
    return m[..., ph:ph + h, pw:pw + w].reshape(f * rows * cols, c * h * w).T
# %% filters last
def conv_as_matrix(weight, x_shape, stride=1, padding=0):
    pair = lambda v: (v, v) if isinstance(v, int) else v
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    c, h, w = x_shape
    f, _, kh, kw = weight.shape
    rows, cols = (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1
    m = np.zeros((rows, cols, f, c, h + 2 * ph, w + 2 * pw), weight.dtype)
    for i in range(rows):
        for j in range(cols):
            m[i, j, :, :, i * sh:i * sh + kh, j * sw:j * sw + kw] = weight
    return m[..., ph:ph + h, pw:pw + w].reshape(f * rows * cols, c * h * w)
