"""The operations on images as their definitions say them: one loop for each index, no trick, no speed."""

import numpy as np


def pairs(**options):
    return {name: (value, value) if np.ndim(value) == 0 else tuple(value) for name, value in options.items()}


def convolution(x, weight, bias, *, stride=1, padding=0, dilation=1, groups=1):
    """The number of an image outside of it is 0, so nothing is padded."""
    o = pairs(stride=stride, padding=padding, dilation=dilation)
    (n, _, h, w), (f, cg, kh, kw) = x.shape, weight.shape
    rows, columns = (
        (x.shape[2 + a] + 2 * o["padding"][a] - o["dilation"][a] * (weight.shape[2 + a] - 1) - 1) // o["stride"][a] + 1
        for a in (0, 1)
    )
    y = np.zeros((n, f, rows, columns), x.dtype)
    for b, k, i, j in np.ndindex(y.shape):
        y[b, k, i, j] = bias[k]
        for channel, u, v in np.ndindex(cg, kh, kw):
            row = i * o["stride"][0] - o["padding"][0] + u * o["dilation"][0]
            column = j * o["stride"][1] - o["padding"][1] + v * o["dilation"][1]
            if 0 <= row < h and 0 <= column < w:
                first = k // (f // groups) * cg
                y[b, k, i, j] += x[b, first + channel, row, column] * weight[k, channel, u, v]
    return y


def transposed_convolution(x, weight, bias, *, stride=1, padding=0, output_padding=0):
    o = pairs(stride=stride, padding=padding, extra=output_padding)
    size = [
        (x.shape[2 + a] - 1) * o["stride"][a] - 2 * o["padding"][a] + weight.shape[2 + a] + o["extra"][a]
        for a in (0, 1)
    ]
    y = np.zeros((len(x), weight.shape[1], *size)) + bias[:, None, None]
    for b, c, i, j in np.ndindex(x.shape):
        for f, u, v in np.ndindex(weight.shape[1:]):
            row, column = i * o["stride"][0] + u - o["padding"][0], j * o["stride"][1] + v - o["padding"][1]
            if 0 <= row < size[0] and 0 <= column < size[1]:
                y[b, f, row, column] += x[b, c, i, j] * weight[c, f, u, v]
    return y


def pooling(x, kernel, stride, padding, reduce, outside):
    """`reduce` of the numbers of each window; those outside of the image are `outside`."""
    o = pairs(kernel=kernel, stride=kernel if stride is None else stride, padding=padding)
    size = [(x.shape[2 + a] + 2 * o["padding"][a] - o["kernel"][a]) // o["stride"][a] + 1 for a in (0, 1)]
    y = np.zeros((*x.shape[:2], *size))
    for b, c, i, j in np.ndindex(y.shape):
        window = []
        for u, v in np.ndindex(o["kernel"]):
            row, column = i * o["stride"][0] + u - o["padding"][0], j * o["stride"][1] + v - o["padding"][1]
            inside = 0 <= row < x.shape[2] and 0 <= column < x.shape[3]
            window.append(x[b, c, row, column] if inside else outside)
        y[b, c, i, j] = reduce(window)
    return y


def normalization(x, scale, shift, groups_of, *, eps):
    """Normalize each set of entries of equal `groups_of(index)`."""
    members = {}
    for index in np.ndindex(x.shape):
        members.setdefault(groups_of(index), []).append(index)
    y = np.zeros(x.shape)
    for indices in members.values():
        mean = sum(x[i] for i in indices) / len(indices)
        var = sum((x[i] - mean) ** 2 for i in indices) / len(indices)
        for i in indices:
            y[i] = (x[i] - mean) / np.sqrt(var + eps) * scale[i[1]] + shift[i[1]]
    return y
