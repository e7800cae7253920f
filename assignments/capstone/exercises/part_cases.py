"""Calls of every part that a student hands over."""

import numpy as np

from classroom.staff.declare.exercise import Case, Distribution, Dropout, Function, Generator
from solutions.capstone import my_parts

GRADIENTS = {
    "conv2d": ("grad_x", "grad_weight", "grad_bias"),
    "linear": ("grad_x", "grad_weight", "grad_bias"),
    "spatial_batchnorm": ("grad_x", "grad_scale", "grad_shift"),
    **dict.fromkeys(("relu", "leaky_relu", "maxpool2d", "avgpool2d", "global_avg_pool"), ("grad_x",)),
}


def some_image(rng):
    return {"x": rng.normal(size=(3, 2, 6, 4))}


# Arguments and options of each part whose answer is not random.
EXAMPLES = {
    "conv2d": lambda rng: (
        {**some_image(rng), "weight": rng.normal(size=(4, 2, 3, 3)), "bias": rng.normal(size=4)},
        {"stride": 1, "padding": 1},
    ),
    "linear": lambda rng: (
        {"x": rng.normal(size=(4, 5)), "weight": rng.normal(size=(5, 3)), "bias": rng.normal(size=3)},
        {},
    ),
    "relu": lambda rng: (some_image(rng), {}),
    "leaky_relu": lambda rng: (some_image(rng), {"slope": 0.1}),
    "maxpool2d": lambda rng: (some_image(rng), {"kernel": 2, "stride": 2}),
    "avgpool2d": lambda rng: (some_image(rng), {"kernel": 2, "stride": 2}),
    "global_avg_pool": lambda rng: (some_image(rng), {}),
    "spatial_batchnorm": lambda rng: (
        {
            **some_image(rng),
            "scale": rng.normal(size=2),
            "shift": rng.normal(size=2),
            "running": (rng.normal(size=2), rng.uniform(1, 2, 2)),
        },
        {"training": True},
    ),
    "softmax_cross_entropy": lambda rng: (
        {"logits": rng.normal(size=(5, 4)), "labels": rng.integers(4, size=5)},
        {},
    ),
    "momentum": lambda rng: ({"weight": rng.normal(size=4), "grad": rng.normal(size=4)}, {}),
    "adam": lambda rng: ({"weight": rng.normal(size=4), "grad": rng.normal(size=4)}, {}),
}


def mine(*calls):
    return ["mine = my_parts()", "parts = unaided(mine)", *calls]


def parts_case(part, seed, kind="", **changed):
    """Calls of one part of the dict, or of a forward pass and its backward pass, with some options changed."""
    rng = np.random.default_rng(seed)
    arguments, options = EXAMPLES[part](rng)
    options |= changed
    written = ", ".join([*arguments, *(f"{key}={value!r}" for key, value in options.items())])
    inputs = {"unaided": Function("unaided"), **arguments}
    calls = ["mine = my_parts()", "parts = unaided(mine)"]
    if part in GRADIENTS:
        shares = dict.fromkeys(["y"], f"{part}_forward") | dict.fromkeys(GRADIENTS[part], f"{part}_backward")
        running = ", moved" if part == "spatial_batchnorm" else ""
        shares |= {"moved": f"{part}_forward"} if running else {}
        inputs["grad_y"] = rng.normal(size=np.shape(my_parts()[f"{part}_forward"](**arguments, **options)[0]))
        calls.append(f'y, cache{running} = parts["{part}_forward"]({written})')
        calls.append(f'{", ".join(GRADIENTS[part])} = parts["{part}_backward"](grad_y, cache)')
    elif part == "softmax_cross_entropy":
        shares = {"loss": part, "grad_logits": part}
        calls.append(f'loss, grad_logits = parts["{part}"]({written})')
    else:
        shares = {"weight2": part}
        calls.append(f'weight1, state = parts["{part}"](weight, grad, None, rate=0.1)')
        calls.append(f'weight2, state = parts["{part}"](weight1, grad, state, rate=0.1)')
    return Case(part, inputs, calls, tuple(shares), kind, shares, square=True)


def dropout_parts(seed, measure, kind=""):
    rng = np.random.default_rng(seed)
    calls = [
        "mine = my_parts()",
        "parts = unaided(mine)",
        'y, cache = parts["dropout_forward"](x, drop, rng, training=True)',
        'grad_x = parts["dropout_backward"](grad_y, cache)',
    ]
    inputs = {"unaided": Function("unaided"), "x": rng.uniform(1, 2, (40, 50)), "drop": 0.3, "rng": Generator(seed)}
    if isinstance(measure, Dropout):
        return Case("dropout", inputs, calls[:3], ("y",), kind, "dropout_forward", measure)
    inputs["grad_y"] = rng.normal(size=(40, 50))
    return Case("dropout, back", inputs, calls, ("y", "grad_x"), kind, "dropout_backward", measure)


def inference_parts(part, seed, kind=""):
    """Call a part that has two modes, in inference mode."""
    rng = np.random.default_rng(seed)
    if part == "dropout":
        inputs, outputs = {**some_image(rng), "drop": 0.3, "rng": Generator(seed)}, ("y",)
        call = 'y, cache = parts["dropout_forward"](x, drop, rng, training=False)'
    else:
        inputs, outputs = EXAMPLES[part](rng)[0], ("y", "moved")
        call = 'y, cache, moved = parts["spatial_batchnorm_forward"](x, scale, shift, running, training=False)'
    calls = ["mine = my_parts()", "parts = unaided(mine)", call]
    inputs = {"unaided": Function("unaided"), **inputs}
    return Case(f"{part}, inference", inputs, calls, outputs, kind, f"{part}_forward", square=True)


def kaiming_parts(shape, fan_in, kind=""):
    return Case(
        "kaiming_normal",
        inputs={"unaided": Function("unaided"), "shape": shape, "rng": Generator(7)},
        calls=["mine = my_parts()", "parts = unaided(mine)", 'weight = parts["kaiming_normal"](shape, rng)'],
        outputs=("weight",),
        kind=kind,
        part="kaiming_normal",
        measure=Distribution(shape=list(shape), family="normal", std=float(np.sqrt(2 / fan_in))),
    )
