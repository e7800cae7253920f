# %% right
def depthwise_conv_forward(x, weight, bias, *, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    c, kh, kw = len(weight), weight.shape[-2], weight.shape[-1]
    rows, cols = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    y = np.zeros((len(x), c, rows, cols), x.dtype)
    for i in range(rows):
        for j in range(cols):
            patch = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = (patch * weight.reshape(c, kh, kw)).sum((2, 3)) + bias
    return y, (x, weight)
# %% all channels mixed
# (patch * weight.reshape(c, kh, kw)).sum((2, 3)) => np.einsum("nduv,cuv->nc", patch, weight.reshape(c, kh, kw))
# %% one kernel for all
# weight.reshape(c, kh, kw) => weight.reshape(c, kh, kw)[0]
# %% the bias forgotten
# .sum((2, 3)) + bias => .sum((2, 3))
