"""The layers of a small convolutional network, one step a line: the tape keeps the steps and finds the way back.

This is the course's own text.  It serves the network of this notebook; handed in as an answer, here or in another
assignment, it earns nothing.  Where your own parts are asked for, it is not there.
"""

from typing import Any

import numpy as np
from given_tape import Node, pull_back

Cache = tuple[Node, list[Node]]


def send_back(grad_y: np.ndarray, cache: Cache) -> Any:
    """Send grad_y back through the layer that made the cache: the gradients of its arrays."""
    result, inputs = cache
    upstream = np.asarray(grad_y)
    grads = pull_back(result, upstream, inputs)
    count = len(grads)
    first = grads[0]
    everything = tuple(grads)
    alone = count == 1
    return first if alone else everything


def _two(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if np.ndim(value) == 0 else (int(value[0]), int(value[1]))


def conv2d_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: Any = 1, padding: Any = 0
) -> tuple[np.ndarray, Cache]:
    """Correlate x (N, C, H, W) with filters (F, C, kH, kW)."""
    image, filters, offset = Node(x), Node(weight), Node(bias)
    rows, columns = _two(padding)
    framed = image.frame(rows, columns)
    seen = framed.windows(weight.shape[2:], _two(stride))
    size = int(np.prod(weight.shape[1:]))
    flat = filters.reshape((-1, size))
    upright = seen.reshape((size, -1))
    sums = flat @ upright + offset.reshape((-1, 1))
    result = sums.reshape((-1, *seen.shape[3:])).transpose(1, 0, 2, 3)
    inputs = [image, filters, offset]
    return result.value, (result, inputs)


def linear_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, Cache]:
    """Multiply x, flattened to (N, D), by weight (D, M) and add bias (M,)."""
    given = Node(x)
    matrix = Node(weight)
    offset = Node(bias)
    examples = len(x)
    rows = given.reshape((examples, -1))
    products = rows @ matrix
    result = products + offset
    inputs = [given, matrix, offset]
    return result.value, (result, inputs)


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Cache]:
    """Keep what is positive."""
    given = Node(x)
    shown = given.value
    threshold = 0
    above = np.greater(shown, threshold)
    gate = above.astype(shown.dtype)
    result = given * gate
    inputs = [given]
    return result.value, (result, inputs)


def leaky_relu_forward(x: np.ndarray, *, slope: float = 0.01) -> tuple[np.ndarray, Cache]:
    """Keep what is positive, shrink the rest."""
    given = Node(x)
    shown = given.value
    whole = 1.0
    above = np.greater(shown, 0)
    factor = np.where(above, whole, slope)
    result = given * factor
    inputs = [given]
    return result.value, (result, inputs)


def _pool_windows(x: np.ndarray, kernel: Any, stride: Any, padding: Any, around: float) -> tuple[Node, Node]:
    given = Node(x)
    size = _two(kernel)
    step = size if stride is None else _two(stride)
    rows, columns = _two(padding)
    framed = given.frame(rows, columns, around)
    seen = framed.windows(size, step)
    c, h, w, *places = seen.shape
    together = seen.reshape((c, h * w, *places))
    return given, together


def maxpool2d_forward(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0) -> tuple[np.ndarray, Cache]:
    """Take the largest entry of each window."""
    lowest = -np.inf
    given, seen = _pool_windows(x, kernel, stride, padding, lowest)
    shown = seen.value
    places = shown.argmax(axis=1)
    picked = seen.pick(places, 1)
    result = picked.transpose(1, 0, 2, 3)
    inputs = [given]
    cache = (result, inputs)
    return result.value, cache


def avgpool2d_forward(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0) -> tuple[np.ndarray, Cache]:
    """Average each window."""
    nothing = 0.0
    given, seen = _pool_windows(x, kernel, stride, padding, nothing)
    c, _, *places = seen.shape
    means = seen.mean(1)
    maps = means.reshape((c, *places))
    result = maps.transpose(1, 0, 2, 3)
    inputs = [given]
    cache = (result, inputs)
    return result.value, cache


def global_avg_pool_forward(x: np.ndarray) -> tuple[np.ndarray, Cache]:
    """Average each channel: (N, C, H, W) becomes (N, C)."""
    given = Node(x)
    places = (2, 3)
    means = given.mean(places)
    shape = x.shape[:2]
    result = means.reshape(shape)
    inputs = [given]
    cache = (result, inputs)
    return result.value, cache


def spatial_batchnorm_forward(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple | None,
    *,
    training: bool,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Cache, tuple]:
    """Normalize each channel; returns (y, cache, running), where alpha weighs the old statistics."""
    given, factor, offset = Node(x), Node(scale), Node(shift)
    old = (np.zeros_like(scale), np.ones_like(scale)) if running is None else (running[0], running[1])
    across = (1, -1, 1, 1)
    if training:
        center = given.mean((0, 2, 3))
        away = given - center
        spread = (away * away).mean((0, 2, 3))
        now = (center.value.reshape(-1), spread.value.reshape(-1))
        running = tuple(alpha * before + (1 - alpha) * new for before, new in zip(old, now, strict=True))
    else:
        away, spread, running = given - old[0].reshape(across), Node(old[1].reshape(across)), old
    result = away * (spread + eps) ** -0.5 * factor.reshape(across) + offset.reshape(across)
    inputs = [given, factor, offset]
    return result.value, (result, inputs), running


def dropout_forward(
    x: np.ndarray, drop: float, rng: np.random.Generator | None, *, training: bool
) -> tuple[np.ndarray, Cache]:
    """Drop entries with probability drop when training, and make up for it at once; pass x through otherwise."""
    given = Node(x)
    stay = np.ones(x.shape)
    if training:
        drawn = rng.random(x.shape)
        lives = drawn >= drop
        stay = lives / (1 - drop)
    result = given * stay
    inputs = [given]
    return result.value, (result, inputs)


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss and its gradient with respect to the logits (N, K)."""
    given = Node(logits)
    highest = given.value.max(axis=1, keepdims=True)
    safe = given - highest
    total = safe.exp().sum(1).log()
    chosen = safe.pick(np.asarray(labels), -1)
    surprise = total.reshape((len(logits),)) - chosen
    loss = surprise.mean(0)
    (grad,) = pull_back(loss, np.ones(1), [given])
    return float(loss.value[0]), grad


def momentum(
    weight: np.ndarray, grad: np.ndarray, state: Any = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with classical momentum: (weight, state)."""
    push = -rate
    downhill = push * grad
    speed = downhill
    if state is not None:
        kept = momentum * state
        speed = kept + downhill
    place = weight + speed
    both = (place, speed)
    return both


def adam(
    weight: np.ndarray,
    grad: np.ndarray,
    state: tuple | None = None,
    *,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, tuple]:
    """One step of Adam: (weight, state)."""
    start = (0.0 * grad, 0.0 * grad, 0)
    first, second, count = start if state is None else state
    count = count + 1
    first = beta1 * first + (1 - beta1) * grad
    second = beta2 * second + (1 - beta2) * grad * grad
    middle = second / (1 - beta2**count)
    size = np.sqrt(middle) + eps
    length = rate / (1 - beta1**count)
    place = weight - length * first / size
    return place, (first, second, count)


def kaiming_normal(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw weights of variance 2 over the number of inputs of an output."""
    axes = len(shape)
    inputs = shape[0]
    if axes != 2:
        depth = shape[1:]
        inputs = int(np.prod(depth))
    variance = 2 / inputs
    spread = variance**0.5
    drawn = rng.normal(0.0, spread, shape)
    return drawn
