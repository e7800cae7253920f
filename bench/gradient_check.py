"""What a gradient check costs and what it sees: every coordinate, as CS231n teaches it, against random directions.

Nine layers, 36 bugs that students write.  Both checks get the same code.  The full check perturbs each entry of each
argument, at the shapes of CS231n's notebooks, and asks for a relative error below 1e-7.  Ours moves each argument along
two random directions, at shapes chosen to show bugs, and adds small cases in whole numbers for what no difference sees.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.judge.compare import compare
from classroom.judge.gradient import directional_errors
from classroom.judge.relation import Gradient
from classroom.staff.declare.exercise import edit

FULL_LIMIT = 1e-7
STEP = 1e-5

# --- nine layers, as plain as can be ---------------------------------------------------------------------------


def affine_forward(x, weight, bias):
    return x @ weight + bias, (x, weight)


def affine_backward(grad_y, cache):
    x, weight = cache
    return grad_y @ weight.T, x.T @ grad_y, grad_y.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(grad_y, cache):
    return (np.where(cache > 0, grad_y, 0),)


def conv_forward(x, weight, bias, stride, padding, dilation):
    kh, kw = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (padded.shape[2] - dilation * (kh - 1) - 1) // stride + 1
    columns = (padded.shape[3] - dilation * (kw - 1) - 1) // stride + 1
    y = np.zeros((len(x), len(weight), rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            patch = padded[
                :, :, top : top + dilation * (kh - 1) + 1 : dilation, left : left + dilation * (kw - 1) + 1 : dilation
            ]
            y[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return y, (x, weight, padded, stride, padding, dilation)


def conv_backward(grad_y, cache):
    x, weight, padded, stride, padding, dilation = cache
    kh, kw = weight.shape[2:]
    grad_padded, grad_weight = np.zeros_like(padded), np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            top, left = i * stride, j * stride
            rows = slice(top, top + dilation * (kh - 1) + 1, dilation)
            columns = slice(left, left + dilation * (kw - 1) + 1, dilation)
            grad_weight += np.tensordot(grad_y[:, :, i, j], padded[:, :, rows, columns], axes=(0, 0))
            grad_padded[:, :, rows, columns] += np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
    grad_x = grad_padded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def maxpool_forward(x, kernel, stride):
    (n, c), (h, w) = x.shape[:2], x.shape[2:]
    y = np.empty((n, c, (h - kernel) // stride + 1, (w - kernel) // stride + 1))
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            window = x[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
            y[:, :, i, j] = window.max(axis=(2, 3))
    return y, (x, kernel, stride)


def maxpool_backward(grad_y, cache):
    x, kernel, stride = cache
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad_y.shape):
        window = x[n, c, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        row, column = divmod(int(window.argmax()), kernel)
        grad_x[n, c, i * stride + row, j * stride + column] += grad_y[n, c, i, j]
    return (grad_x,)


def avgpool_forward(x, kernel, stride):
    (n, c), (h, w) = x.shape[:2], x.shape[2:]
    y = np.empty((n, c, (h - kernel) // stride + 1, (w - kernel) // stride + 1))
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            window = x[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
            y[:, :, i, j] = window.mean(axis=(2, 3))
    return y, (x.shape, kernel, stride)


def avgpool_backward(grad_y, cache):
    shape, kernel, stride = cache
    grad_x = np.zeros(shape)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            share = grad_y[:, :, i, j] / kernel**2
            grad_x[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel] += share[:, :, None, None]
    return (grad_x,)


def batchnorm_forward(x, scale, shift):
    mean, var, eps = x.mean(axis=0), x.var(axis=0), 1e-5
    factor = 1 / np.sqrt(var + eps)
    normalized = (x - mean) * factor
    return scale * normalized + shift, (normalized, var, eps, scale)


def batchnorm_backward(grad_y, cache):
    normalized, var, eps, scale = cache
    n = len(grad_y)
    factor = 1 / np.sqrt(var + eps)
    g = grad_y * scale
    mean_term = g.sum(axis=0) / n
    variance_term = normalized * (g * normalized).sum(axis=0) / n
    grad_x = factor * (g - mean_term - variance_term)
    return grad_x, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)


def layernorm_forward(x, scale, shift):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    factor = 1 / np.sqrt(var + 1e-5)
    normalized = (x - mean) * factor
    return scale * normalized + shift, (normalized, factor, scale)


def layernorm_backward(grad_y, cache):
    normalized, factor, scale = cache
    g = grad_y * scale
    mean_term = g.mean(axis=1, keepdims=True)
    variance_term = normalized * (g * normalized).mean(axis=1, keepdims=True)
    grad_x = factor * (g - mean_term - variance_term)
    return grad_x, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)


def softmax_forward(x, labels):
    shifted = x - x.max(axis=1, keepdims=True)
    log_probability = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probability[np.arange(len(x)), labels].mean(), (log_probability, labels)


def softmax_backward(grad_y, cache):
    log_probability, labels = cache
    grad = np.exp(log_probability)
    grad[np.arange(len(grad)), labels] -= 1
    return (grad_y * grad / len(grad),)


def dropout_forward(x, mask, drop):
    return x * mask / (1 - drop), (mask, drop)


def dropout_backward(grad_y, cache):
    mask, drop = cache
    return (grad_y * mask / (1 - drop),)


# --- what is asked of each ---------------------------------------------------------------------------------------


@dataclass
class Layer:
    """A pair of functions, the inputs of both checks, exact cases and the bugs.

    bugs : name -> (which of the two functions, old text, new text, ...)
    exact : (inputs with grad_y, the gradients expected) in whole numbers
    """

    name: str
    arguments: tuple[str, ...]
    theirs: dict[str, Any]
    ours: list[dict[str, Any]]
    bugs: dict[str, tuple[str, ...]]
    linear: bool = False
    exact: list[tuple[dict[str, Any], list[np.ndarray]]] = field(default_factory=list)

    @property
    def forward(self) -> Callable[..., Any]:
        return globals()[f"{self.name}_forward"]

    @property
    def backward(self) -> Callable[..., Any]:
        return globals()[f"{self.name}_backward"]


def spaced(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Values that differ by much more than any step, none of them 0."""
    return (rng.permutation(int(np.prod(shape))).reshape(shape) - np.prod(shape) // 2 + 0.5) / 20


def conv_inputs(rng, x_shape, weight_shape, stride, padding, dilation):
    x, weight = rng.normal(size=x_shape), rng.normal(size=weight_shape)
    return {
        "x": x,
        "weight": weight,
        "bias": rng.normal(size=len(weight)),
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
    }


def norm_inputs(rng, n, d, spread):
    return {
        "x": spread * rng.normal(size=(n, d)) + 12 * spread,
        "scale": rng.normal(size=d),
        "shift": rng.normal(size=d),
    }


def affine_inputs(rng, n, d, m):
    return {"x": rng.normal(size=(n, d)), "weight": rng.normal(size=(d, m)), "bias": rng.normal(size=m)}


def dropout_inputs(rng, *shape):
    return {"x": rng.normal(size=shape) + 10, "mask": (rng.random(shape) >= 0.3).astype(float), "drop": 0.3}


def layers(seed: int = 0) -> list[Layer]:
    rng = np.random.default_rng(seed)
    tied = np.array([[[[1.0, 1.0, 0.0, 2.0], [0.0, 1.0, 2.0, 2.0]]]])
    first = np.array([[[[3.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0]]]])
    return [
        Layer(
            "affine",
            ("x", "weight", "bias"),
            affine_inputs(rng, 10, 6, 5),
            [affine_inputs(rng, 7, 4, 5), affine_inputs(rng, 3, 4, 4)],
            {
                "weight not transposed": ("backward", "grad_y @ weight.T", "grad_y @ weight"),
                "grad_weight a mean": ("backward", "x.T @ grad_y", "x.T @ grad_y / len(x)"),
                "grad_bias a mean": ("backward", "grad_y.sum(axis=0)", "grad_y.mean(axis=0)"),
                "grad_bias of the last example": ("backward", "grad_y.sum(axis=0)", "grad_y[-1]"),
            },
            linear=True,
        ),
        Layer(
            "relu",
            ("x",),
            {"x": rng.normal(size=(10, 10))},
            [{"x": spaced(rng, 5, 7)}],
            {
                "gradient at 0": ("backward", "cache > 0", "cache >= 0"),
                "no mask": ("backward", "np.where(cache > 0, grad_y, 0)", "grad_y"),
            },
            exact=[
                (
                    {"x": np.array([-1.0, 0.0, 2.0, 0.0]), "grad_y": np.array([1.0, 2.0, 3.0, -4.0])},
                    [np.array([0.0, 0, 3, 0])],
                )
            ],
        ),
        Layer(
            "conv",
            ("x", "weight", "bias"),
            conv_inputs(rng, (4, 3, 5, 5), (2, 3, 3, 3), 1, 1, 1),
            [
                conv_inputs(rng, (2, 3, 8, 9), (4, 3, 3, 2), 2, 0, 1),
                conv_inputs(rng, (2, 3, 7, 8), (4, 3, 2, 3), 1, 2, 2),
            ],
            {
                "stride and dilation swapped": (
                    "backward",
                    "stride, padding, dilation = cache",
                    "dilation, padding, stride = cache",
                ),
                "stride ignored in grad_x": (
                    "backward",
                    "grad_padded[:, :, rows, columns] +=",
                    "grad_padded[:, :, i : i + dilation * (kh - 1) + 1 : dilation, j : j + dilation * (kw - 1) "
                    "+ 1 : dilation] +=",
                ),
                "dilation ignored in grad_x": (
                    "backward",
                    "grad_padded[:, :, rows, columns] +=",
                    "grad_padded[:, :, top : top + kh, left : left + kw] +=",
                ),
                "[p:-p] with p = 0": (
                    "backward",
                    "padding : padding + x.shape[2], padding : padding + x.shape[3]]",
                    "padding:-padding, padding:-padding]",
                ),
                "kernel flipped": ("backward", "weight, axes=(1, 0)", "weight[:, :, ::-1, ::-1], axes=(1, 0)"),
                "wrong corner cut off": (
                    "backward",
                    "padding : padding + x.shape[2], padding : padding + x.shape[3]]",
                    ": x.shape[2], : x.shape[3]]",
                ),
                "overlap overwritten": (
                    "backward",
                    "grad_padded[:, :, rows, columns] +=",
                    "grad_padded[:, :, rows, columns] =",
                ),
                "last row forgotten": ("backward", "range(grad_y.shape[2])", "range(grad_y.shape[2] - 1)"),
                "grad_bias a mean": ("backward", "grad_y.sum(axis=(0, 2, 3))", "grad_y.mean(axis=(0, 2, 3))"),
                "grad_weight a mean": (
                    "backward",
                    "return grad_x, grad_weight,",
                    "return grad_x, grad_weight / len(x),",
                ),
            },
            linear=True,
        ),
        Layer(
            "maxpool",
            ("x",),
            {"x": rng.normal(size=(3, 2, 8, 8)), "kernel": 2, "stride": 2},
            [{"x": spaced(rng, 2, 3, 7, 9), "kernel": 3, "stride": 2}],
            {
                "all tied maxima": (
                    "backward",
                    "row, column = divmod(int(window.argmax()), kernel)",
                    "row, column = np.nonzero(window == window.max())",
                ),
                "last of tied maxima": (
                    "backward",
                    "divmod(int(window.argmax()), kernel)",
                    "divmod(kernel**2 - 1 - int(window[::-1, ::-1].argmax()), kernel)",
                ),
                "overlap overwritten": ("backward", "+= grad_y", "= grad_y"),
                "first pixel": ("backward", "int(window.argmax())", "0"),
                "average": (
                    "backward",
                    "grad_x[n, c, i * stride + row, j * stride + column] += grad_y[n, c, i, j]",
                    "grad_x[n, c, i * stride : i * stride + kernel, j * stride : j * stride + kernel] += "
                    "grad_y[n, c, i, j] / kernel**2",
                ),
            },
            exact=[({"x": tied, "kernel": 2, "stride": 2, "grad_y": np.array([[[[3.0, 5.0]]]])}, [first])],
        ),
        Layer(
            "avgpool",
            ("x",),
            {"x": rng.normal(size=(3, 2, 8, 8)), "kernel": 2, "stride": 2},
            [{"x": rng.normal(size=(2, 3, 7, 9)), "kernel": 3, "stride": 2}],
            {
                "not divided": ("backward", " / kernel**2", ""),
                "divided by the side": ("backward", " / kernel**2", " / kernel"),
            },
            linear=True,
        ),
        Layer(
            "batchnorm",
            ("x", "scale", "shift"),
            norm_inputs(rng, 4, 5, 5.0),
            [norm_inputs(rng, 7, 4, 2.0), norm_inputs(rng, 7, 4, 0.005)],
            {
                "no mean term": ("backward", "g - mean_term - variance_term", "g - variance_term"),
                "no variance term": ("backward", "g - mean_term - variance_term", "g - mean_term"),
                "N - 1": ("backward", "(g * normalized).sum(axis=0) / n", "(g * normalized).sum(axis=0) / (n - 1)"),
                "scale forgotten": ("backward", "g = grad_y * scale", "g = grad_y"),
                "eps outside the root": ("backward", "np.sqrt(var + eps)", "(np.sqrt(var) + eps)"),
                "grad_scale a mean": (
                    "backward",
                    "(grad_y * normalized).sum(axis=0)",
                    "(grad_y * normalized).mean(axis=0)",
                ),
            },
        ),
        Layer(
            "layernorm",
            ("x", "scale", "shift"),
            norm_inputs(rng, 4, 5, 5.0),
            [norm_inputs(rng, 5, 7, 2.0), norm_inputs(rng, 4, 6, 0.005)],
            {
                "over the batch": ("backward", "g.mean(axis=1, keepdims=True)", "g.mean(axis=0, keepdims=True)"),
                "no mean term": ("backward", "g - mean_term - variance_term", "g - variance_term"),
                "scale too late": ("backward", "g = grad_y * scale", "g = grad_y * scale.mean()"),
            },
        ),
        Layer(
            "softmax",
            ("x",),
            {"x": 0.1 * rng.normal(size=(50, 10)), "labels": rng.integers(0, 10, size=50)},
            [{"x": rng.normal(size=(6, 4)), "labels": rng.integers(0, 4, size=6)}],
            {
                "not divided by N": ("backward", " / len(grad)", ""),
                "no one-hot": ("backward", "    grad[np.arange(len(grad)), labels] -= 1\n", ""),
            },
        ),
        Layer(
            "dropout",
            ("x",),
            dropout_inputs(rng, 10, 10),
            [dropout_inputs(rng, 5, 9)],
            {
                "mask forgotten": ("backward", "grad_y * mask", "grad_y"),
                "not scaled": ("backward", " / (1 - drop)", ""),
            },
            linear=True,
        ),
    ]


# --- the two checks ----------------------------------------------------------------------------------------------


def full_error(layer: Layer, forward: Callable[..., Any], backward: Callable[..., Any], grad_seed: int = 1) -> float:
    """The check that CS231n teaches: two forward passes for each entry, and the largest relative error."""
    inputs = layer.theirs
    y, cache = forward(**inputs)
    grad_y = np.asarray(np.random.default_rng(grad_seed).normal(size=np.shape(y)))
    worst = 0.0
    for name, gradient in zip(layer.arguments, backward(grad_y, cache), strict=True):
        moved = inputs[name].copy()
        numeric = np.zeros_like(moved)
        for index in np.ndindex(moved.shape):
            value = moved[index]
            moved[index] = value + STEP
            above = forward(**{**inputs, name: moved})[0]
            moved[index] = value - STEP
            below = forward(**{**inputs, name: moved})[0]
            moved[index] = value
            numeric[index] = ((above - below) * grad_y).sum() / (2 * STEP)
        scale = np.maximum(1e-8, np.abs(gradient) + np.abs(numeric))
        worst = max(worst, float((np.abs(gradient - numeric) / scale).max()))
    return worst


def full_check(layer: Layer, forward: Callable[..., Any], backward: Callable[..., Any]) -> bool:
    """Whether the full check passes; code that stops does not."""
    try:
        return full_error(layer, forward, backward) <= FULL_LIMIT
    except (ValueError, IndexError):
        return False


@dataclass(frozen=True)
class Configuration:
    """One way to call a layer, and what its gradients should be."""

    relation: Gradient
    calls: list[str]
    inputs: dict[str, Any]


def configured(layer: Layer, inputs: dict[str, Any]) -> Configuration:
    given = {**inputs, "grad_y": None}
    y = layer.forward(**inputs)[0]
    given["grad_y"] = np.random.default_rng(2).normal(size=np.shape(y)) if np.ndim(y) else 1.0
    gradients = tuple(f"grad_{name}" for name in layer.arguments)
    calls = [
        f"y, cache = forward({', '.join(inputs)})",
        f"{'(' + gradients[0] + ',)' if len(gradients) == 1 else ', '.join(gradients)} = backward(grad_y, cache)",
    ]
    return Configuration(Gradient("y", dict(zip(layer.arguments, gradients, strict=True)), layer.linear), calls, given)


def directions_check(layer: Layer, configurations: list[Configuration], forward: Any, backward: Any) -> bool:
    """Whether all our configurations pass, as in a check cell."""
    caller = LocalCaller({"forward": forward, "backward": backward})
    return all(each.relation.judge(caller, parse(each.calls), each.inputs) is None for each in configurations)


def exact_check(layer: Layer, forward: Any, backward: Any) -> bool:
    """Whether the cases in whole numbers pass, and no argument was changed."""
    for inputs, expected in layer.exact:
        given = {name: value for name, value in inputs.items() if name != "grad_y"}
        found = backward(inputs["grad_y"].copy(), forward(**given)[1])
        if not all(compare(a, b).right for a, b in zip(found, expected, strict=True)):
            return False
    return True


def noise(layer: Layer, seeds: int) -> float:
    """Our largest error for right code over many seeds."""
    worst = 0.0
    for seed in range(seeds):
        for inputs in layers(seed)[[each.name for each in layers()].index(layer.name)].ours:
            y, cache = layer.forward(**inputs)
            grad_y = np.asarray(np.random.default_rng(seed).normal(size=np.shape(y)))
            gradients = dict(zip(layer.arguments, layer.backward(grad_y, cache), strict=True))

            def phi(moved, inputs=inputs, grad_y=grad_y):
                return float((layer.forward(**{**inputs, **moved})[0] * grad_y).sum())

            slopes = directional_errors(
                phi, {name: inputs[name] for name in layer.arguments}, gradients, linear=layer.linear, seed=seed
            )
            worst = max([worst, *(slope.error for slope in slopes)])
    return worst


def buggy(layer: Layer) -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """Each bug's name, forward and backward."""
    for name, (which, *replacements) in layer.bugs.items():
        changed = edit(getattr(layer, which), *replacements)
        yield name, *((changed, layer.backward) if which == "forward" else (layer.forward, changed))


def milliseconds(action: Callable[[], Any], repeats: int = 3) -> float:
    """The median time of an action."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return 1e3 * statistics.median(times)


@dataclass
class Result:
    """What both checks did with one layer."""

    layer: str
    bugs: int
    full: int
    directions: int
    both: int
    full_ms: float
    ours_ms: float
    full_noise: float
    our_noise: float
    missed: list[str]


def measure(layer: Layer, seeds: int = 10) -> Result:
    """Run both checks on right code and on every bug of a layer."""
    configurations = [configured(layer, inputs) for inputs in layer.ours]

    def ours(forward: Any, backward: Any) -> tuple[bool, bool]:
        return directions_check(layer, configurations, forward, backward), exact_check(layer, forward, backward)

    assert ours(layer.forward, layer.backward) == (True, True), layer.name
    found = []
    for name, forward, backward in buggy(layer):
        directions, exact = ours(forward, backward)
        found.append((name, not full_check(layer, forward, backward), not directions, not (directions and exact)))
    return Result(
        layer=layer.name,
        bugs=len(found),
        full=sum(item[1] for item in found),
        directions=sum(item[2] for item in found),
        both=sum(item[3] for item in found),
        full_ms=milliseconds(lambda: full_check(layer, layer.forward, layer.backward)),
        ours_ms=milliseconds(lambda: ours(layer.forward, layer.backward)),
        full_noise=full_error(layer, layer.forward, layer.backward),
        our_noise=noise(layer, seeds),
        missed=[f"{layer.name}: {item[0]}" for item in found if not item[1]],
    )


def main() -> None:
    """Print both checks side by side."""
    results = [measure(layer) for layer in layers()]
    table = Table("layer", "bugs", "full: found", "ms", "noise", "ours: directions", "with exact cases", "ms", "noise")
    for r in results:
        table.add_row(
            r.layer, str(r.bugs), str(r.full), f"{r.full_ms:.1f}", f"{r.full_noise:.0e}", str(r.directions),
            str(r.both), f"{r.ours_ms:.1f}", f"{r.our_noise:.0e}",
        )  # fmt: skip
    total = [sum(getattr(r, name) for r in results) for name in ("bugs", "full", "directions", "both")]
    full_ms, ours_ms = sum(r.full_ms for r in results), sum(r.ours_ms for r in results)
    table.add_row(
        "all", str(total[0]), str(total[1]), f"{full_ms:.0f}", "", str(total[2]), str(total[3]), f"{ours_ms:.0f}", ""
    )
    Console().print(table)
    print(
        f"full check at CS231n's shapes: {total[1]} of {total[0]} bugs in {full_ms:.0f} ms;  "
        f"ours: {total[3]} of {total[0]} in {ours_ms:.0f} ms, {ours_ms / full_ms:.2f} of the time"
    )
    print("seen by ours only: " + "; ".join(name for r in results for name in r.missed))


if __name__ == "__main__":
    main()
