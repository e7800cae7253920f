"""Cases of a forward pass and its backward pass, whose arrays are positional and whose numbers are keywords."""

import numpy as np

from classroom.staff.declare.exercise import Case

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1}
# What goes wrong in the last two lines of a backward pass: mutants of
# grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding] and grad_y.sum(axis=(0, 2, 3)).
AT_THE_END = """
        padding_kept: grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding] => grad_x = grad_padded
            grad_x still has the border of the padding: cut it off.
        minus_zero: padding : h - padding, padding : w - padding => padding:-padding, padding:-padding
            A slice p:-p is empty when p is 0. Write p : p + H.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
"""


def pass_case(pair, direction, name, rng, inputs, kind=""):
    """One pass of a pair of functions, forward, backward or both; outputs are y and a gradient for each array."""
    # Options that are as by default are left out: a call without them must mean the same.
    inputs = {key: value for key, value in inputs.items() if key not in DEFAULTS or value != DEFAULTS[key]}
    arrays = [key for key, value in inputs.items() if isinstance(value, np.ndarray)]
    keywords = [f"{key}={key}" for key in inputs if key not in arrays]
    calls = [f"y, cache = {pair.forward.__name__}({', '.join(arrays + keywords)})"]
    if direction == "forward":
        return Case(name, inputs=inputs, calls=calls, outputs=("y",), kind=kind)
    options = {key: inputs[key] for key in inputs if key not in arrays}
    y, _ = pair.forward(*[inputs[key] for key in arrays], **options)
    gradients = tuple(f"grad_{key}" for key in arrays)
    calls.append(f"{', '.join(gradients)} = {pair.backward.__name__}(grad_y, cache)")
    grad_y = rng.normal(size=y.shape).astype(y.dtype)
    outputs = gradients if direction == "backward" else ("y", *gradients)
    return Case(name, inputs={**inputs, "grad_y": grad_y}, calls=calls, outputs=outputs, kind=kind)


def visible_passes(pair, direction, rng, drawn):
    """One case for each of these inputs, which have names."""
    return [pass_case(pair, direction, name, rng, inputs) for name, inputs in drawn]


def hidden_passes(pair, direction, rng, drawn):
    """One case for each of these inputs, which have kinds."""
    return [
        pass_case(pair, direction, f"{kind} {index}", rng, inputs, kind) for index, (kind, inputs) in enumerate(drawn)
    ]


def strided(rng, inputs):
    """Let x be every second column of a wider array."""
    return {**inputs, "x": rng.normal(size=(*inputs["x"].shape[:3], 2 * inputs["x"].shape[3]))[..., ::2]}


def draws(rng, **shapes):
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}
