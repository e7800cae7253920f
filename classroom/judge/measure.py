"""Bounds on answers that are not unique: random draws, and choices that the task leaves open.

`MEASURES` maps a name to a function of a case's outputs, inputs and options; each returns None, or a `Problem` that
says what does not hold.  The bounds on random draws fail right code less often than once in 10**9.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from classroom.call.value import Value, as_array
from classroom.judge.compare import SINGLE, compare
from classroom.judge.draw import FALSE_ALARM, deviation, not_drawn, outside
from classroom.judge.network_accuracy import accuracy
from classroom.judge.property import Problem


def dropout(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Bound a dropout layer's output, x being without zeros.

    Options: y, x and drop name them (defaults the same); scale is what survivors are multiplied by: a number, or
    "inverted" for 1 / (1 - drop).  Looks at the survivors' values, at their number, and whether examples or features
    share a mask.
    """
    y = as_array(values[options.get("y", "y")])
    x, drop = inputs[options.get("x", "x")], float(inputs[options.get("drop", "drop")])
    if y.shape != x.shape:
        return Problem(f"y has shape {y.shape}, needs that of x, {x.shape}")
    if not np.isfinite(y).all():
        return Problem("y is not finite")
    if y.dtype != x.dtype:
        return Problem(f"y has dtype {y.dtype}, needs that of x, {x.dtype}")
    scale = 1 / (1 - drop) if options.get("scale", "inverted") == "inverted" else float(options["scale"])
    kept = y != 0
    found = compare(y[kept], (x[kept] * scale).astype(x.dtype), 1e-9, "")
    if not found.right:
        ratio = np.median(y[kept] / x[kept]) if kept.any() else math.nan
        return Problem(f"survivors should be x times {scale:.4g}, yours are x times {ratio:.4g} (median)")
    return _spread_of_zeros(kept.reshape(len(kept), -1), drop)


def _spread_of_zeros(kept: np.ndarray, drop: float) -> Problem | None:
    """Bound how many entries were dropped, and on how many two neighbouring rows, or columns, agree."""
    reach = deviation(kept.size * drop * (1 - drop), 1.0, FALSE_ALARM / 3) / kept.size
    if text := outside("the fraction of dropped entries", 1 - float(kept.mean()), drop - reach, drop + reach):
        return Problem(text)
    chance = drop**2 + (1 - drop) ** 2
    for what, lines in (("examples", kept), ("features", kept.T)):
        pairs = len(lines) // 2
        agree = lines[: 2 * pairs : 2] == lines[1 : 2 * pairs : 2]  # every line in one pair: all independent
        if agree.size:
            reach = deviation(agree.size * chance * (1 - chance), 1.0, FALSE_ALARM / 3) / agree.size
            what = f"the fraction on which two {what} agree"
            if text := outside(what, float(agree.mean()), chance - reach, chance + reach):
                return Problem(text)
    return None


def distribution(
    values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]
) -> Problem | None:
    """Bound the entries of an array of independent draws.

    Options: output, shape, family ("normal" or "uniform"), mean, std.  See `classroom.judge.draw.not_drawn`.
    """
    name = options.get("output", "weight")
    weight = as_array(values[name])
    weight = weight.astype(np.float64) if weight.dtype.kind in "biuf" else np.asarray(math.nan)
    shape = tuple(options["shape"])
    if weight.shape != shape:
        return Problem(f"{name} has shape {weight.shape}, needs {shape}")
    if not np.isfinite(weight).all():
        return Problem(f"{name} is not finite")
    text = not_drawn(weight, options["family"], float(options.get("mean", 0.0)), float(options["std"]), name)
    return Problem(text) if text else None


def near(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Bound numbers that depend on a draw.  Options: center and reach, each a number or array by name of output."""
    for name, center in options["center"].items():
        found, center, reach = as_array(values[name]), np.asarray(center), np.asarray(options["reach"][name])
        if found.shape != center.shape:
            return Problem(f"{name} has shape {found.shape}, needs {center.shape}")
        away = ~(np.abs(found - center) <= reach)
        if away.any():
            at = tuple(int(index[0]) for index in np.nonzero(away)) if away.ndim else ()
            place = f"{name}[{', '.join(map(str, at))}]" if at else name
            low, high = (center - reach)[at], (center + reach)[at]
            return Problem(f"{place} is {found[at]:.4g}, and chance allows {low:.4g} to {high:.4g}")
    return None


def singular_values(
    values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]
) -> Problem | None:
    """Bound the singular values of a weight, its first axis against the others.  Options: shape, center, reach."""
    weight = as_array(values["weight"]).astype(np.float64)
    if weight.shape != tuple(options["shape"]):
        return Problem(f"the weight has shape {weight.shape}, needs {tuple(options['shape'])}")
    if not np.isfinite(weight).all():
        return Problem("the weight is not finite")
    found = np.linalg.svd(weight.reshape(len(weight), -1), compute_uv=False)
    if np.abs(found - np.asarray(options["center"])).max() <= options["reach"]:
        return None
    return Problem(
        f"the singular values go from {found.min():.4g} to {found.max():.4g}, and all should be "
        f"{options['center'][0]:.4g}"
    )


def unit_layers(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Send x through a list of weights: each layer's output before its activation has standard deviation 1.

    Options: reach.  The inputs are dims, activation ("tanh" or "relu") and x.
    """
    weights, dims, x = values["weights"], inputs["dims"], np.asarray(inputs["x"], np.float64)
    if not isinstance(weights, list | tuple) or len(weights) != len(dims) - 1:
        return Problem(f"weights needs to be a list of {len(dims) - 1} arrays, one for each layer")
    for layer, weight in enumerate(as_array(weight).astype(np.float64) for weight in weights):
        if weight.shape != (dims[layer], dims[layer + 1]):
            return Problem(f"weight {layer} has shape {weight.shape}, needs {(dims[layer], dims[layer + 1])}")
        if not np.isfinite(weight).all():
            return Problem(f"weight {layer} is not finite")
        z = x @ weight
        reach = options["reach"]
        if text := outside(f"the standard deviation of layer {layer}", float(z.std()), 1 - reach, 1 + reach):
            return Problem(text.replace("chance allows", "the tolerance allows"))
        x = np.tanh(z) if inputs["activation"] == "tanh" else np.maximum(z, 0)
    return None


def truth_table(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Feed a weight and a bias to a step neuron and read its truth table; any pair that is right will do.

    Options: rows (the inputs), fires (whether each should), gate (its name, for the message).
    """
    rows, gate = np.asarray(options["rows"], np.float64), options["gate"]
    weight, bias = as_array(values["weight"]), as_array(values["bias"])
    if weight.shape != rows.shape[1:]:
        return Problem(f"the weight of {gate!r} has shape {weight.shape}, needs {rows.shape[1:]}: one for each input")
    if bias.size != 1 or weight.dtype.kind not in "biuf" or bias.dtype.kind not in "biuf":
        return Problem(f"{gate!r} needs numbers in its weight, and one number as its bias")
    for row, wanted in zip(rows, options["fires"], strict=True):
        z = float(row @ weight + bias.reshape(()))
        if (z > 0) != bool(wanted):
            shown = ", ".join(f"{value:g}" for value in row)
            return Problem(
                f"{gate!r} of ({shown}): w·x + b is {z:g}, and it should {'' if wanted else 'not '}be above 0"
            )
    return None


def independent_masks(
    values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]
) -> Problem | None:
    """Two draws with different generators drop different entries.  Options: names (the two outputs), drop."""
    first, second = (as_array(values[name]) for name in options["names"])
    drop = float(inputs[options.get("drop", "drop")])
    if first.shape != second.shape:
        return Problem(f"the two draws have shapes {first.shape} and {second.shape}")
    agree = float(((first == 0) == (second == 0)).mean())
    chance = drop**2 + (1 - drop) ** 2
    reach = deviation(first.size * chance * (1 - chance), 1.0) / first.size
    what = "the fraction of entries on which two draws with different generators agree"
    text = outside(what, agree, chance - reach, chance + reach)
    return Problem(text) if text else None


def same_mask(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """The backward pass of a mask: grad_x / grad_y is y / x, whatever was drawn.  x must be without zeros."""
    y, grad_x = as_array(values["y"]), as_array(values["grad_x"])
    x, grad_y = inputs["x"], inputs["grad_y"]
    for name, array in (("y", y), ("grad_x", grad_x)):
        if array.shape != x.shape:
            return Problem(f"{name} has shape {array.shape}, needs that of x, {x.shape}")
    if grad_x.dtype != grad_y.dtype:
        return Problem(f"grad_x has dtype {grad_x.dtype}, needs that of grad_y, {grad_y.dtype}")
    if np.any((y == 0) & (grad_x != 0)):
        return Problem("entries that were dropped on the way forward get a gradient on the way back")
    if np.any((y != 0) & (grad_x == 0)):
        return Problem("entries that were kept on the way forward get no gradient on the way back")
    found = compare(grad_x, (y / x * grad_y).astype(grad_y.dtype), 1e-9, "grad_x")
    return None if found.right else Problem("grad_x should be grad_y times what x was multiplied by on the way forward")


def at_maxima(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """The gradient of max pooling: each window hands its share to its own maxima, whichever of equal ones.

    Options: output (the gradient of x), kernel and stride as pairs.  The windows must not overlap.
    """
    output, x, upstream = options["output"], inputs["x"], inputs["grad_y"]
    (kh, kw), (sh, sw) = options["kernel"], options["stride"]
    found = as_array(values[output])
    if found.shape != x.shape:
        return Problem(f"{output} has shape {found.shape}, needs {x.shape}")
    left = found.astype(np.float64)
    limit = SINGLE * float(np.abs(upstream).max()) if found.dtype == np.float32 else 1e-9
    for i, j in np.ndindex(upstream.shape[2:]):
        window = (slice(None), slice(None), slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
        share, pixels = left[window].copy(), x[window]
        if np.abs(share[pixels < pixels.max(axis=(2, 3), keepdims=True)]).max(initial=0.0) > 0:
            return Problem(f"in window [{i}, {j}] a pixel that is not the largest gets a gradient")
        if not np.abs(share.sum(axis=(2, 3)) - upstream[:, :, i, j]).max() <= limit:
            text = f"in window [{i}, {j}] several pixels are equally large, and their gradients do not add up to grad_y"
            return Problem(text)
        left[window] = 0
    return Problem("a pixel outside all windows gets a gradient") if np.abs(left).max() > 0 else None


def cnn(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Compare the layers of a network as plain data: kinds, names, shapes and starts, and the spread of the weights.

    Options: layers, a list of dicts in which an array stands for itself, and a weight as [shape, standard deviation].
    """
    layers, wanted = values["layers"], options["layers"]
    if not isinstance(layers, list | tuple) or not all(isinstance(layer, dict) for layer in layers):
        return Problem("layers should be a list of dicts, one for each word")
    kinds, needs = [layer.get("kind") for layer in layers], [layer["kind"] for layer in wanted]
    if not all(isinstance(kind, str) for kind in kinds):
        return Problem(f"the kinds should be words: {'-'.join(needs)}")
    if kinds != needs:
        return Problem(f"the kinds are {'-'.join(kinds)[:80]}, and should be {'-'.join(needs)}")
    for number, (layer, need) in enumerate(zip(layers, wanted, strict=True)):
        where = f"layer {number}, {need['kind']}"
        if set(layer) != set(need):
            return Problem(f"{where}, has {', '.join(layer)[:200]}, and should have {', '.join(need)}")
        for name, true in need.items():
            if name == "weight":
                single = {"output": name, "shape": true[0], "family": "normal", "std": true[1]}
                problem = distribution({name: layer[name]}, {}, single)
                if problem is not None:
                    return Problem(f"{where}: {problem.text}")
            elif isinstance(true, np.ndarray | float):
                found = compare(layer[name], true, 1e-9, name)
                if not found.right:
                    return Problem(f"{where}: {found.text}")
    return None


def trained(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Ask how many images of the data set shapes, drawn afresh, a network names rightly.

    Options: seed and count of the images, numbers (the label of each kind), thresholds (accuracy by part).
    """
    from classroom.data import shapes

    data = shapes(int(options["count"]), seed=int(options["seed"]))
    try:
        reached = accuracy(values["layers"], data.images, np.asarray(options["numbers"])[data.labels])
    except ValueError as error:
        return Problem(f"layers is no network that can be used: {error}")
    lost = [(part, least) for part, least in options["thresholds"].items() if reached < least]
    if not lost:
        return None
    text = f"the network names {reached:.0%} of new images rightly, and {lost[0][1]:.0%} are asked for"
    return Problem(text, parts=tuple(part for part, _ in lost))


MEASURES: dict[str, Callable[[Mapping[str, Value], Mapping[str, Value], Mapping[str, Any]], Problem | None]] = {
    "dropout": dropout,
    "distribution": distribution,
    "cnn": cnn,
    "trained": trained,
    "near": near,
    "singular_values": singular_values,
    "unit_layers": unit_layers,
    "truth_table": truth_table,
    "independent_masks": independent_masks,
    "same_mask": same_mask,
    "at_maxima": at_maxima,
}
