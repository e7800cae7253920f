"""All parts, written in two other ways."""

import numpy as np


def written_anew():
    """All parts in another style: loops over the kernel, caches of another kind, gradients by other formulas."""

    def conv2d_forward(x, weight, bias, stride=1, padding=0):
        s, p, (kh, kw) = stride, padding, weight.shape[2:]
        wide = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        h, w = (wide.shape[2] - kh) // s + 1, (wide.shape[3] - kw) // s + 1
        y = sum(
            np.einsum("nchw,fc->nfhw", wide[:, :, i : i + s * h : s, j : j + s * w : s], weight[:, :, i, j])
            for i, j in np.ndindex(kh, kw)
        )
        return y + bias.reshape(1, -1, 1, 1), {"x": wide, "weight": weight, "s": s, "p": p, "size": x.shape[2:]}

    def conv2d_backward(grad_y, cache):
        x, weight, s, p = cache["x"], cache["weight"], cache["s"], cache["p"]
        (h, w), grad_x, grad_weight = grad_y.shape[2:], np.zeros(x.shape), np.zeros(weight.shape)
        for i, j in np.ndindex(weight.shape[2:]):
            at = (slice(None), slice(None), slice(i, i + s * h, s), slice(j, j + s * w, s))
            grad_weight[:, :, i, j] = np.einsum("nfhw,nchw->fc", grad_y, x[at])
            grad_x[at] += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, i, j])
        rows, columns = cache["size"]
        return grad_x[:, :, p : p + rows, p : p + columns], grad_weight, grad_y.sum((0, 2, 3))

    def linear_forward(x, weight, bias):
        return x.reshape(len(x), -1).dot(weight) + bias, [x, weight]

    def linear_backward(grad_y, cache):
        x, weight = cache
        return grad_y.dot(weight.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(grad_y), grad_y.sum(0)

    def leaky_relu_forward(x, slope=0.01):
        factor = np.where(x > 0, 1.0, slope)
        return factor * x, factor

    def tiles(x):
        n, c, h, w = x.shape
        return x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)

    def untile(parts, shape):
        n, c, h, w = shape
        whole = np.zeros(shape)
        whole[:, :, : h // 2 * 2, : w // 2 * 2] = parts.reshape(n, c, h // 2 * 2, w // 2 * 2)
        return whole

    def maxpool2d_forward(x, kernel, stride):
        y = tiles(x).max((3, 5))
        return y, (x, y)

    def maxpool2d_backward(grad_y, cache):
        x, y = cache
        return untile((tiles(x) == y[:, :, :, None, :, None]) * grad_y[:, :, :, None, :, None], x.shape)

    def avgpool2d_backward(grad_y, shape):
        return untile(np.repeat(np.repeat(grad_y[:, :, :, None, :, None], 2, 3), 2, 5) / 4, shape)

    def spatial_batchnorm_forward(x, scale, shift, running, training, alpha=0.9, eps=1e-5):
        mean, var = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if training else running
        if training:
            running = tuple(alpha * old + (1 - alpha) * new for old, new in zip(running, (mean, var), strict=True))
        mean, std = mean.reshape(1, -1, 1, 1), np.sqrt(var + eps).reshape(1, -1, 1, 1)
        z = (x - mean) / std
        return z * scale.reshape(1, -1, 1, 1) + shift.reshape(1, -1, 1, 1), (z, std, scale), running

    def spatial_batchnorm_backward(grad_y, cache):
        z, std, scale = cache
        grad_z = grad_y * scale.reshape(1, -1, 1, 1)
        axes, kept = (0, 2, 3), {"keepdims": True}
        grad_x = (grad_z - grad_z.mean(axes, **kept) - z * (grad_z * z).mean(axes, **kept)) / std
        return grad_x, (grad_y * z).sum(axes), grad_y.sum(axes)

    def dropout_forward(x, drop, rng, training):
        factor = rng.binomial(1, 1 - drop, x.shape) / (1 - drop) if training else np.ones(x.shape)
        return x * factor, factor

    def softmax_cross_entropy(logits, labels):
        loss = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels]
        p = np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, None])
        p[np.arange(len(labels)), labels] -= 1
        return loss.mean(), p / len(labels)

    def momentum(weight, grad, state, rate, momentum=0.9):
        velocity = grad if state is None else momentum * state + grad
        return weight - rate * velocity, velocity

    def adam(weight, grad, state, rate):
        t, m, v = state or (0, 0, 0)
        t, m, v = t + 1, 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad * grad
        return weight - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (t, m, v)

    def kaiming_normal(shape, rng):
        return rng.standard_normal(shape) * (2 / (shape[0] if len(shape) == 2 else np.prod(shape[1:]))) ** 0.5

    def times(grad_y, factor):
        return grad_y * factor

    return {
        "conv2d_forward": conv2d_forward,
        "conv2d_backward": conv2d_backward,
        "linear_forward": linear_forward,
        "linear_backward": linear_backward,
        "relu_forward": lambda x: (np.clip(x, 0, None), x > 0),
        "relu_backward": times,
        "leaky_relu_forward": leaky_relu_forward,
        "leaky_relu_backward": times,
        "maxpool2d_forward": maxpool2d_forward,
        "maxpool2d_backward": maxpool2d_backward,
        "avgpool2d_forward": lambda x, kernel, stride: (tiles(x).mean((3, 5)), x.shape),
        "avgpool2d_backward": avgpool2d_backward,
        "global_avg_pool_forward": lambda x: (x.mean((2, 3)), x.shape),
        "global_avg_pool_backward": lambda grad_y, shape: (
            np.broadcast_to(grad_y[:, :, None, None], shape) / (shape[2] * shape[3])
        ),
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
        "dropout_forward": dropout_forward,
        "dropout_backward": times,
        "softmax_cross_entropy": softmax_cross_entropy,
        "momentum": momentum,
        "adam": adam,
        "kaiming_normal": kaiming_normal,
    }


def written_with_products():
    """All parts once more: a convolution is a product of patches, and a cache is what does the backward pass."""

    def patches(x, kernel, stride):
        seen = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
        return seen[:, :, ::stride, ::stride]

    def conv2d_forward(x, weight, bias, *, stride=1, padding=0):
        kh, kw = weight.shape[2:]
        frame = [(0, 0)] * 2 + [(padding, padding)] * 2
        seen = patches(np.pad(x, frame), (kh, kw), stride)
        y = np.tensordot(seen, weight, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)

        def back(grad_y):
            grad_weight = np.tensordot(grad_y, seen, axes=([0, 2, 3], [0, 2, 3]))
            apart = np.zeros((*grad_y.shape[:2], *(stride * (side - 1) + 1 for side in grad_y.shape[2:])))
            apart[:, :, ::stride, ::stride] = grad_y
            apart = np.pad(apart, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
            turned = weight[:, :, ::-1, ::-1]
            grad = np.tensordot(patches(apart, (kh, kw), 1), turned, axes=([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)
            whole = np.zeros(np.pad(x, frame).shape)
            whole[:, :, : grad.shape[2], : grad.shape[3]] = grad
            inside = [slice(padding, padding + side) for side in x.shape[2:]]
            return whole[(slice(None), slice(None), *inside)], grad_weight, np.einsum("nfhw->f", grad_y)

        return y + bias[None, :, None, None], back

    def linear_forward(x, weight, bias):
        flat = x.reshape(len(x), -1)
        return (
            np.einsum("nd,dm->nm", flat, weight) + bias,
            lambda grad_y: ((grad_y @ weight.T).reshape(x.shape), flat.T @ grad_y, np.ones(len(x)) @ grad_y),
        )

    def relu_forward(x):
        return (x + np.abs(x)) / 2, lambda grad_y: np.where(x > 0, grad_y, 0.0)

    def leaky_relu_forward(x, *, slope=0.01):
        return np.maximum(x, 0) + slope * np.minimum(x, 0), lambda grad_y: np.where(x > 0, grad_y, slope * grad_y)

    def maxpool2d_forward(x, kernel, stride):
        seen = patches(x, (kernel, kernel), stride)
        n, c, h, w = seen.shape[:4]
        place = seen.reshape(n, c, h, w, -1).argmax(axis=-1)

        def back(grad_y):
            grad_x = np.zeros(x.shape)
            for at in np.ndindex(n, c, h, w):
                i, j = divmod(int(place[at]), kernel)
                grad_x[at[0], at[1], at[2] * stride + i, at[3] * stride + j] += grad_y[at]
            return grad_x

        return seen.max(axis=(4, 5)), back

    def avgpool2d_forward(x, kernel, stride):
        def back(grad_y):
            grad_x = np.zeros(x.shape)
            for i, j in np.ndindex(grad_y.shape[2:]):
                rows, columns = (slice(stride * at, stride * at + kernel) for at in (i, j))
                grad_x[:, :, rows, columns] += grad_y[:, :, i, j, None, None] / kernel**2
            return grad_x

        return patches(x, (kernel, kernel), stride).mean(axis=(4, 5)), back

    def global_avg_pool_forward(x):
        n, c, h, w = x.shape
        spread = np.full((h * w,), 1 / (h * w))
        return x.reshape(n, c, -1) @ spread, lambda grad_y: np.multiply.outer(grad_y, spread).reshape(x.shape)

    def spatial_batchnorm_forward(x, scale, shift, running=None, *, training=True, alpha=0.9, eps=1e-5):
        table = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])  # a row for each pixel, a column for each channel
        old = running if running is not None else (np.zeros(x.shape[1]), np.ones(x.shape[1]))
        now = (np.mean(table, 0), np.mean(table**2, 0) - np.mean(table, 0) ** 2) if training else old
        moved = (old[0] + (1 - alpha) * (now[0] - old[0]), old[1] + (1 - alpha) * (now[1] - old[1]))
        normal = (table - now[0]) * (now[1] + eps) ** -0.5

        def image(rows):
            return rows.reshape(x.shape[0], *x.shape[2:], x.shape[1]).transpose(0, 3, 1, 2)

        def back(grad_y):
            rows = grad_y.transpose(0, 2, 3, 1).reshape(table.shape)
            grad_scale, grad_shift = (rows * normal).sum(0), rows.sum(0)
            away = len(table) * rows - grad_shift - normal * grad_scale
            return image(scale / np.sqrt(now[1] + eps) / len(table) * away), grad_scale, grad_shift

        return image(normal * scale + shift), back, moved

    def dropout_forward(x, drop, rng, *, training):
        if not training:
            return x.copy(), lambda grad_y: grad_y.copy()
        kept = rng.uniform(size=x.shape) < 1 - drop
        return np.where(kept, x / (1 - drop), 0.0), lambda grad_y: np.where(kept, grad_y / (1 - drop), 0.0)

    def softmax_cross_entropy(logits, labels):
        right = np.arange(logits.shape[1]) == labels[:, None]
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share = share / share.sum(axis=1, keepdims=True)
        return -np.log(share[right]).mean(), (share - right) / len(logits)

    def momentum(weight, grad, state=None, *, rate, momentum=0.9):
        state = momentum * (np.zeros_like(weight) if state is None else state) - rate * grad
        return weight + state, state

    def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
        state = state or {"first": 0, "second": 0, "steps": 0}
        first = state["first"] + (1 - beta1) * (grad - state["first"])
        second = state["second"] + (1 - beta2) * (grad**2 - state["second"])
        steps = state["steps"] + 1
        step = first / (1 - beta1**steps) / (np.sqrt(second / (1 - beta2**steps)) + eps)
        return weight - rate * step, {"first": first, "second": second, "steps": steps}

    def kaiming_normal(shape, rng):
        inputs = np.prod(shape[1:]) if len(shape) > 2 else shape[0]
        return rng.normal(scale=np.sqrt(2 / inputs), size=shape)

    forwards = [conv2d_forward, linear_forward, relu_forward, leaky_relu_forward, maxpool2d_forward, avgpool2d_forward]
    forwards += [global_avg_pool_forward, spatial_batchnorm_forward, dropout_forward]
    parts = {function.__name__: function for function in forwards}
    parts |= {name.replace("_forward", "_backward"): lambda grad_y, back: back(grad_y) for name in parts}
    others = [softmax_cross_entropy, momentum, adam, kaiming_normal]
    return parts | {function.__name__: function for function in others}
