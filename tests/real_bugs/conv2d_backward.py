# after conv2d_forward
# %% right
def conv2d_backward(grad_y, cache):
    xp, weight, stride, p, shape = cache
    kh, kw = weight.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            a, b = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw += np.einsum("nf,nchw->fchw", grad_y[:, :, i, j], xp[:, :, a, b])
            dxp[:, :, a, b] += np.einsum("nf,fchw->nchw", grad_y[:, :, i, j], weight)
    return dxp[:, :, p:p + shape[2], p:p + shape[3]], dw, grad_y.sum(axis=(0, 2, 3))
# %% a frame of 1 is cut off, whatever the padding
# p:p + shape[2], p:p + shape[3] => 1:-1, 1:-1
# %% weight and bias gradient exchanged
# dw, grad_y.sum(axis=(0, 2, 3)) => grad_y.sum(axis=(0, 2, 3)), dw
# %% a slice that is empty without padding
# p:p + shape[2], p:p + shape[3] => p:-p, p:-p
# %% the weight gradient is overwritten
# dw += => dw =
