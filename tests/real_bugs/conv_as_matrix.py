# %% right
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
    return m[..., ph:ph + h, pw:pw + w].reshape(f * rows * cols, c * h * w)
# %% an image at a time, padding forgotten
# pair(stride), pair(padding) => pair(stride), (0, 0)
# %% transposed
# .reshape(f * rows * cols, c * h * w) => .reshape(f * rows * cols, c * h * w).T
# %% filters last
# np.zeros((f, rows, cols, c, => np.zeros((rows, cols, f, c,
# m[:, i, j, :, => m[i, j, :, :,
