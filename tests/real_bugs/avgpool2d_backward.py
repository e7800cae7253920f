# after avgpool2d_forward
# %% right
def avgpool2d_backward(grad_y, cache):
    shape, padded, (kh, kw, sh, sw, ph, pw) = cache
    dx = np.zeros(padded, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            dx[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw] += grad_y[:, :, i:i + 1, j:j + 1] / (kh * kw)
    return dx[:, :, ph:ph + shape[2], pw:pw + shape[3]]
# %% not divided by the window
# grad_y[:, :, i:i + 1, j:j + 1] / (kh * kw) => grad_y[:, :, i:i + 1, j:j + 1]
# %% = where windows overlap
# += grad_y => = grad_y
# %% the frame left on
# return dx[:, :, ph:ph + shape[2], pw:pw + shape[3]] => return dx
