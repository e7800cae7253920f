# after maxpool2d_forward
# %% right
def maxpool2d_backward(grad_y, cache):
    xp, kh, kw, sh, sw, ph, pw = cache
    d = np.zeros_like(xp)
    for n, c, i, j in np.ndindex(grad_y.shape):
        window = xp[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw]
        a, b = np.unravel_index(window.argmax(), window.shape)
        d[n, c, i * sh + a, j * sw + b] += grad_y[n, c, i, j]
    return d[:, :, ph:d.shape[2] - ph, pw:d.shape[3] - pw]
# %% the argmax pixel is overwritten
# += grad_y => = grad_y
# %% ties all get the gradient
# d[n, c, i * sh + a, j * sw + b] += => d[n, c, i * sh:i * sh + kh, j * sw:j * sw + kw] += (window == window.max()) *
# %% the hunt's bug: the last window wins
# np.zeros_like(xp) => np.zeros(xp.shape, grad_y.dtype)
# += grad_y => = grad_y
