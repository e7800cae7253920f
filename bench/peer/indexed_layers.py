"""Layers the way first courses write them in numpy, for comparison: the form of CS231n's assignments, in our own words.

Patches are gathered by arrays of indices into a matrix with one column for each patch, and scattered back with
`np.add.at`; arrays are NCHW in memory; pooling takes the argmax of each patch; batch norm goes step by step.  This is
numpy only: the Cython that CS231n also hands out is not measured here.
"""

import numpy as np


def patch_indices(shape, kernel, stride, padding, dilation):
    """Index arrays (C kH kW, H' W') of channel, row and column of every number of every patch."""
    _, channels, height, width = shape
    kernel_height, kernel_width = kernel
    rows = (height + 2 * padding - dilation * (kernel_height - 1) - 1) // stride + 1
    columns = (width + 2 * padding - dilation * (kernel_width - 1) - 1) // stride + 1
    channel = np.repeat(np.arange(channels), kernel_height * kernel_width)[:, None]
    row_in_patch = np.tile(np.repeat(np.arange(kernel_height) * dilation, kernel_width), channels)
    column_in_patch = np.tile(np.arange(kernel_width) * dilation, kernel_height * channels)
    row = row_in_patch[:, None] + stride * np.repeat(np.arange(rows), columns)
    column = column_in_patch[:, None] + stride * np.tile(np.arange(columns), rows)
    return channel, row, column, rows, columns


def conv2d_forward(x, weight, bias, *, stride=1, padding=0, dilation=1):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    channel, row, column, rows, columns = patch_indices(x.shape, weight.shape[2:], stride, padding, dilation)
    cols = padded[:, channel, row, column]  # (N, C kH kW, H' W')
    cols = cols.transpose(1, 2, 0).reshape(cols.shape[1], -1)
    y = weight.reshape(len(weight), -1) @ cols + bias[:, None]
    y = y.reshape(len(weight), rows, columns, len(x)).transpose(3, 0, 1, 2)
    return y, (x.shape, weight, stride, padding, dilation, cols)


def conv2d_backward(grad_y, cache):
    shape, weight, stride, padding, dilation, cols = cache
    n, channels, height, width = shape
    grad = grad_y.transpose(1, 2, 3, 0).reshape(len(weight), -1)
    grad_weight = (grad @ cols.T).reshape(weight.shape)
    grad_cols = weight.reshape(len(weight), -1).T @ grad
    grad_cols = grad_cols.reshape(len(grad_cols), -1, n).transpose(2, 0, 1)
    channel, row, column, _, _ = patch_indices(shape, weight.shape[2:], stride, padding, dilation)
    padded = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), grad_y.dtype)
    np.add.at(padded, (slice(None), channel, row, column), grad_cols)
    inside = slice(padding, padding + height), slice(padding, padding + width)
    return padded[:, :, *inside], grad_weight, grad_y.sum(axis=(0, 2, 3))


def maxpool2d_forward(x, kernel, stride):
    n, channels, height, width = x.shape
    maps = x.reshape(n * channels, 1, height, width)
    channel, row, column, rows, columns = patch_indices(maps.shape, (kernel, kernel), stride, 0, 1)
    cols = maps[:, channel, row, column]  # (N C, kH kW, H' W')
    largest = cols.argmax(axis=1)
    y = np.take_along_axis(cols, largest[:, None], axis=1)
    return y.reshape(n, channels, rows, columns), (x.shape, kernel, stride, largest)


def maxpool2d_backward(grad_y, cache):
    shape, kernel, stride, largest = cache
    n, channels, height, width = shape
    maps = np.zeros((n * channels, 1, height, width), grad_y.dtype)
    channel, row, column, rows, columns = patch_indices(maps.shape, (kernel, kernel), stride, 0, 1)
    grad_cols = np.zeros((n * channels, kernel * kernel, rows * columns), grad_y.dtype)
    np.put_along_axis(grad_cols, largest[:, None], grad_y.reshape(n * channels, 1, -1), axis=1)
    np.add.at(maps, (slice(None), channel, row, column), grad_cols)
    return maps.reshape(shape)


def batchnorm_forward(x, scale, shift, eps=1e-5):
    n, channels, height, width = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, channels)
    mean, var = pixels.mean(axis=0), pixels.var(axis=0)
    x_hat = (pixels - mean) / np.sqrt(var + eps)
    y = scale * x_hat + shift
    return y.reshape(n, height, width, channels).transpose(0, 3, 1, 2), (x_hat, scale, var + eps)


def batchnorm_backward(grad_y, cache):
    x_hat, scale, variance = cache
    n, channels, height, width = grad_y.shape
    grad = grad_y.transpose(0, 2, 3, 1).reshape(-1, channels)
    grad_shift, grad_scale = grad.sum(axis=0), (grad * x_hat).sum(axis=0)
    grad_hat = grad * scale
    grad_x = (grad_hat - grad_hat.mean(axis=0) - x_hat * (grad_hat * x_hat).mean(axis=0)) / np.sqrt(variance)
    return grad_x.reshape(n, height, width, channels).transpose(0, 3, 1, 2), grad_scale, grad_shift
