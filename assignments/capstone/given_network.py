"""The parts of a small convolutional network, given: each forward pass is written out, the tape finds the backward.

`own_parts` finds those of your own that compute the same.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from given_tape import Node, pull_back

from classroom.judge.compare import compare

Part = Callable[..., Any]
LIMIT = 1e-6  # largest relative difference at which a part counts as the same
_ASIDE = [0]  # how many blocks there are, one in the other, in which the given parts do not answer


@contextmanager
def set_aside() -> Iterator[None]:
    """Let the given parts answer nothing for the length of a block: a function of yours does its work itself."""
    _ASIDE[0] += 1
    try:
        yield
    finally:
        _ASIDE[0] -= 1


def _given(function: Part) -> Part:
    @functools.wraps(function)
    def part(*arguments: Any, **options: Any) -> Any:
        if _ASIDE[0]:
            raise NotImplementedError(f"{function.__name__} is the given one: write your own")
        return function(*arguments, **options)

    return part


def _recorded(result: Node, inputs: list[Node]) -> tuple[np.ndarray, tuple]:
    return result.value, (result, inputs)


def _backward(name: str) -> Part:
    def backward(grad_y: np.ndarray, cache: tuple) -> Any:
        result, inputs = cache
        grads = pull_back(result, grad_y, inputs)
        return grads[0] if len(grads) == 1 else tuple(grads)

    backward.__name__ = name
    backward.__doc__ = f"Send grad_y back through {name.removesuffix('_backward')}: the gradients of its arrays."
    return backward


def _two(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if np.ndim(value) == 0 else (int(value[0]), int(value[1]))


def conv2d_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: Any = 1, padding: Any = 0
) -> tuple[np.ndarray, tuple]:
    """Correlate x (N, C, H, W) with filters (F, C, kH, kW)."""
    image, filters, offset = Node(x), Node(weight), Node(bias)
    seen = image.frame(*_two(padding)).windows(weight.shape[2:], _two(stride))
    size = int(np.prod(weight.shape[1:]))
    sums = filters.reshape((-1, size)) @ seen.reshape((size, -1)) + offset.reshape((-1, 1))
    return _recorded(sums.reshape((-1, *seen.shape[3:])).transpose(1, 0, 2, 3), [image, filters, offset])


def linear_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Multiply x, flattened to (N, D), by weight (D, M) and add bias (M,)."""
    given, matrix, offset = Node(x), Node(weight), Node(bias)
    return _recorded(given.reshape((len(x), -1)) @ matrix + offset, [given, matrix, offset])


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Keep what is positive."""
    given = Node(x)
    return _recorded(given * (x > 0), [given])


def leaky_relu_forward(x: np.ndarray, *, slope: float = 0.01) -> tuple[np.ndarray, tuple]:
    """Keep what is positive, shrink the rest."""
    given = Node(x)
    return _recorded(given * np.where(x > 0, 1.0, slope), [given])


def _pool_windows(x: np.ndarray, kernel: Any, stride: Any, padding: Any, around: float) -> tuple[Node, Node]:
    given = Node(x)
    size = _two(kernel)
    seen = given.frame(*_two(padding), around).windows(size, size if stride is None else _two(stride))
    c, h, w, *places = seen.shape
    return given, seen.reshape((c, h * w, *places))


def maxpool2d_forward(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0) -> tuple[np.ndarray, tuple]:
    """Take the largest entry of each window."""
    given, seen = _pool_windows(x, kernel, stride, padding, -np.inf)
    return _recorded(seen.pick(seen.value.argmax(axis=1), 1).transpose(1, 0, 2, 3), [given])


def avgpool2d_forward(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0) -> tuple[np.ndarray, tuple]:
    """Average each window."""
    given, seen = _pool_windows(x, kernel, stride, padding, 0.0)
    c, _, *places = seen.shape
    return _recorded(seen.mean(1).reshape((c, *places)).transpose(1, 0, 2, 3), [given])


def global_avg_pool_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Average each channel: (N, C, H, W) becomes (N, C)."""
    given = Node(x)
    return _recorded(given.mean((2, 3)).reshape(x.shape[:2]), [given])


def spatial_batchnorm_forward(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple | None,
    *,
    training: bool,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple, tuple]:
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
    y = away * (spread + eps) ** -0.5 * factor.reshape(across) + offset.reshape(across)
    return *_recorded(y, [given, factor, offset]), running


def dropout_forward(
    x: np.ndarray, drop: float, rng: np.random.Generator | None, *, training: bool
) -> tuple[np.ndarray, tuple]:
    """Drop entries with probability drop when training, and make up for it at once; pass x through otherwise."""
    given = Node(x)
    stay = (rng.random(x.shape) >= drop) / (1 - drop) if training else np.ones(x.shape)
    return _recorded(given * stay, [given])


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss and its gradient with respect to the logits (N, K)."""
    given = Node(logits)
    safe = given - given.value.max(axis=1, keepdims=True)
    surprise = safe.exp().sum(1).log().reshape((len(logits),)) - safe.pick(np.asarray(labels), -1)
    loss = surprise.mean(0)
    return float(loss.value[0]), pull_back(loss, np.ones(1), [given])[0]


def momentum(
    weight: np.ndarray, grad: np.ndarray, state: Any = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent with classical momentum: (weight, state)."""
    speed = -rate * grad if state is None else momentum * state - rate * grad
    return weight + speed, speed


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
    first, second, count = (0.0 * grad, 0.0 * grad, 0) if state is None else state
    first, second, count = beta1 * first + (1 - beta1) * grad, beta2 * second + (1 - beta2) * grad * grad, count + 1
    size = np.sqrt(second / (1 - beta2**count)) + eps
    return weight - rate / (1 - beta1**count) * first / size, (first, second, count)


def kaiming_normal(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw weights of variance 2 over the number of inputs of an output."""
    inputs = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return rng.normal(0.0, (2 / inputs) ** 0.5, shape)


_FORWARDS = (
    conv2d_forward,
    linear_forward,
    relu_forward,
    leaky_relu_forward,
    maxpool2d_forward,
    avgpool2d_forward,
    global_avg_pool_forward,
    spatial_batchnorm_forward,
    dropout_forward,
)
_OTHERS = (softmax_cross_entropy, momentum, adam, kaiming_normal)


def given_parts() -> dict[str, Part]:
    """Return the 22 given parts by name."""
    parts: dict[str, Part] = {}
    for forward in _FORWARDS:
        name = forward.__name__.replace("_forward", "_backward")
        parts |= {forward.__name__: _given(forward), name: _given(_backward(name))}
    return parts | {function.__name__: _given(function) for function in _OTHERS}


NAMES = tuple(given_parts())


def own_parts(namespace: Mapping[str, Any], *, quiet: bool = False) -> dict[str, Part]:
    """Find the parts that you have written yourself, and that compute what the given ones do.

    Parameters
    ----------
    namespace : `globals()` of your notebook, or any mapping from names to functions; a backward pass is judged together
        with the forward pass of the same mapping
    quiet : print nothing

    Returns
    -------
    dict
        Your functions by name, so that `given_parts() | own_parts(globals())` is a whole set.
    """
    wrong = {name: _difference(name, namespace) for name in NAMES}
    if not quiet:
        print(f"your parts: {sum(not why for why in wrong.values())} of {len(NAMES)}")
        for name, why in wrong.items():
            if why and why != _ABSENT:
                print(f"  {name}: {why}; the given one stands in")
        absent = [name for name, why in wrong.items() if why == _ABSENT]
        if absent:
            print(f"  not here, given instead: {', '.join(absent)}")
    return {name: namespace[name] for name, why in wrong.items() if not why}


_ABSENT = "not written yet"


def _difference(name: str, parts: Mapping[str, Any]) -> str:
    """Say in a few words how a part differs from the given one, "" if it does not."""
    own = parts.get(name)
    if not callable(own):
        return _ABSENT
    forward = name.replace("_backward", "_forward")
    given = given_parts()
    try:
        with np.errstate(all="ignore"):
            if name == "kaiming_normal":
                with set_aside():
                    return _spread(own)
            for seed in (0, 1):
                true = _ask(name, given[name], given[forward], seed)
                with set_aside():
                    mine = _ask(name, own, parts.get(forward), seed)
                for one, two in zip(mine, true, strict=True):
                    found = compare(one, two, LIMIT, "it")
                    if not found.right:
                        return found.text
    except NotImplementedError:
        return _ABSENT
    except Exception as error:  # whatever the student's code raises
        return f"raises {type(error).__name__}"
    return ""


def _ask(name: str, part: Part, forward: Part, seed: int) -> list[Any]:
    """Call a part, a backward pass after its own forward pass, and list the arrays that it returns."""
    rng = np.random.default_rng(seed)
    arguments, options = _EXAMPLES[name.removesuffix("_forward").removesuffix("_backward")](rng)
    if name.endswith("_backward"):
        y, cache, *_ = forward(*arguments, **options)
        grads = part(np.random.default_rng(seed + 2).normal(size=np.shape(y)), cache)
        return list(grads) if isinstance(grads, tuple) else [grads]
    if name == "dropout_forward":
        x, drop = arguments[:2]
        y = part(*arguments, **options)[0]
        kept = y != 0  # any order of drawing is right
        return [
            np.where(kept, y - x / (1 - drop), 0.0),
            float(0.5 < kept.mean() < 0.9),
            part(x, drop, rng, training=False)[0],
        ]
    if name.endswith("_forward"):
        y, _, *running = part(*arguments, **options)
        if not running:
            return [y]
        y_later, _, running_later = part(*arguments, **options | {"training": False})
        return [y, *running[0], y_later, *running_later]
    if name == "softmax_cross_entropy":
        return list(part(*arguments))
    weight, state = part(*arguments, **options)
    return [weight, part(weight, arguments[1], state, **options)[0]]


def _spread(draw: Part) -> str:
    """Look at the standard deviation of a linear weight and of filters."""
    for shape, inputs in (((200, 90), 200), ((80, 20, 3, 5), 300)):
        weight = np.asarray(draw(shape, np.random.default_rng(0)))
        if weight.shape != shape:
            return f"has shape {weight.shape}, needs {shape}"
        if abs(weight.std() / (2 / inputs) ** 0.5 - 1) > 0.05 or abs(weight.mean()) > 0.01:
            return f"has standard deviation {weight.std():.4f}, needs {(2 / inputs) ** 0.5:.4f} for shape {shape}"
    return ""


def _image(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(3, 2, 6, 4))


# Small arguments of each part: positional ones, and options.
_EXAMPLES: dict[str, Callable[[np.random.Generator], tuple[tuple, dict[str, Any]]]] = {
    "conv2d": lambda rng: (
        (_image(rng), rng.normal(size=(4, 2, 3, 3)), rng.normal(size=4)),
        {"stride": 1, "padding": 1},
    ),
    "linear": lambda rng: ((rng.normal(size=(4, 5)), rng.normal(size=(5, 3)), rng.normal(size=3)), {}),
    "relu": lambda rng: ((_image(rng),), {}),
    "leaky_relu": lambda rng: ((_image(rng),), {"slope": 0.1}),
    "maxpool2d": lambda rng: ((_image(rng), 2, 2), {}),
    "avgpool2d": lambda rng: ((_image(rng), 2, 2), {}),
    "global_avg_pool": lambda rng: ((_image(rng),), {}),
    "spatial_batchnorm": lambda rng: (
        (_image(rng), rng.normal(size=2), rng.normal(size=2), (rng.normal(size=2), rng.uniform(1, 2, 2))),
        {"training": True},
    ),
    "dropout": lambda rng: ((rng.uniform(1, 2, (40, 50)), 0.3, rng), {"training": True}),
    "softmax_cross_entropy": lambda rng: ((rng.normal(size=(5, 4)), rng.integers(4, size=5)), {}),
    "momentum": lambda rng: ((rng.normal(size=4), rng.normal(size=4), None), {"rate": 0.1}),
    "adam": lambda rng: ((rng.normal(size=4), rng.normal(size=4), None), {"rate": 0.1}),
}
