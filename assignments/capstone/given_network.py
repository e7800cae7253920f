"""The parts of a small convolutional network, given, from `given_layers`.

`own_parts` finds those of your own that compute the same.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from given_layers import (
    adam,
    avgpool2d_forward,
    conv2d_forward,
    dropout_forward,
    global_avg_pool_forward,
    kaiming_normal,
    leaky_relu_forward,
    linear_forward,
    maxpool2d_forward,
    momentum,
    relu_forward,
    send_back,
    softmax_cross_entropy,
    spatial_batchnorm_forward,
)

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

    del part.__wrapped__  # type: ignore[attr-defined]  # a given part has no inside to be taken out
    return part


def _backward(name: str) -> Part:
    def backward(grad_y: np.ndarray, cache: tuple) -> Any:
        return send_back(grad_y, cache)

    backward.__name__ = name
    backward.__doc__ = f"Send grad_y back through {name.removesuffix('_backward')}: the gradients of its arrays."
    return backward


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
    if not callable(own) or getattr(own, "__module__", "") == "given_layers":
        return _ABSENT
    forward = name.replace("_backward", "_forward")
    given = given_parts()
    try:
        if not _there(given["relu_forward"]):
            return ""  # nothing to compare with: the check will judge it
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


def _there(relu: Part) -> bool:
    """Whether the given parts are there: where your own are graded, they are not."""
    try:
        relu(np.ones(1))
    except NotImplementedError:
        return False
    return True


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
