"""A training step."""

import copy
import math

import numpy as np

from classroom.staff.declare.exercise import Case, Generator, exercise_of, identity
from solutions.capstone import train_step

from .networks import OTHER_PARTS, PARTS, images, network


def step_case(name, pattern, in_shape, seed, steps=1, kind="", parts=PARTS):
    """One step or more.

    No BN stands right behind a CONV: it takes away what the bias adds, whose gradient is then nothing but rounding.
    """
    rng = np.random.default_rng(seed)
    calls, last = ["parts = given_parts()"], "layers"
    for step in range(1, steps + 1):
        calls.append(f"layers{step}, loss{step} = train_step({last}, parts, x, labels, rate, rng)")
        last = f"layers{step}"
    made = {"layers": network(rng, pattern, in_shape, 3), **images(rng, 7, in_shape, 3)}
    inputs = {**parts, **made, "rate": float(rng.uniform(0.05, 0.2)), "rng": Generator(seed)}
    share = {last: "layers", f"loss{steps}": "loss"}
    return Case(name, inputs, calls, tuple(share), kind, share, square=True)  # all kernels are 3 by 3


def step_within(layers, parts, x, labels, rate, rng):
    def through(rest, y):
        """Return the layers after the step, the gradient of y, and the loss."""
        if not rest:
            loss, grad = parts["softmax_cross_entropy"](y, labels)
            return [], grad, float(loss)
        layer, kind = dict(rest[0]), rest[0]["kind"]
        names = {"CONV": ["weight", "bias"], "FC": ["weight", "bias"], "BN": ["scale", "shift"]}.get(kind, [])
        arrays = [layer[name] for name in names]
        if kind == "CONV":
            y, cache = parts["conv2d_forward"](y, *arrays, stride=1, padding=1)
            back = parts["conv2d_backward"]
        elif kind == "FC":
            (y, cache), back = parts["linear_forward"](y, *arrays), parts["linear_backward"]
        elif kind == "BN":
            running = layer["mean"], layer["var"]
            y, cache, running = parts["spatial_batchnorm_forward"](y, *arrays, running, training=True)
            layer["mean"], layer["var"] = running
            back = parts["spatial_batchnorm_backward"]
        elif kind == "DROPOUT":
            y, cache = parts["dropout_forward"](y, layer["drop"], rng, training=True)
            back = parts["dropout_backward"]
        elif kind in ("POOL", "AVGPOOL"):
            pool = "maxpool2d" if kind == "POOL" else "avgpool2d"
            (y, cache), back = parts[pool + "_forward"](y, 2, 2), parts[pool + "_backward"]
        else:
            name = {"RELU": "relu", "LRELU": "leaky_relu", "GAP": "global_avg_pool"}[kind]
            (y, cache), back = parts[name + "_forward"](y), parts[name + "_backward"]
        after, grad, loss = through(rest[1:], y)
        grads = back(grad, cache)
        if names:
            grad, states = grads[0], layer.get("state") or {}
            layer["state"] = {}
            for name, slope in zip(names, grads[1:], strict=True):
                step = parts["momentum"](layer[name], slope, states.get(name), rate=rate)
                layer[name], layer["state"][name] = step
        else:
            grad = grads
        return [layer, *after], grad, loss

    stepped, _, loss = through(layers, x)
    return stepped, loss


def step_on_a_copy(layers, parts, x, labels, rate, rng):
    layers, back, y = copy.deepcopy(list(layers)), [], x
    table = {
        "CONV": ("conv2d", ["weight", "bias"], {"padding": 1}),
        "FC": ("linear", ["weight", "bias"], {}),
        "BN": ("spatial_batchnorm", ["scale", "shift"], {"training": True}),
        "POOL": ("maxpool2d", [], {"kernel": 2, "stride": 2}),
        "AVGPOOL": ("avgpool2d", [], {"kernel": 2, "stride": 2}),
        "GAP": ("global_avg_pool", [], {}),
        "DROPOUT": ("dropout", [], {"rng": rng, "training": True}),
        "RELU": ("relu", [], {}),
        "LRELU": ("leaky_relu", [], {}),
    }
    for layer in layers:
        part, learned, options = table[layer["kind"]]
        remembered = [(layer["mean"], layer["var"])] if part == "spatial_batchnorm" else []
        options = options | ({"drop": layer["drop"]} if part == "dropout" else {})
        y, cache, *running = parts[f"{part}_forward"](y, *(layer[name] for name in learned), *remembered, **options)
        if running:
            layer["mean"], layer["var"] = running[0]
        back.append((layer, part, learned, cache))
    loss, upstream = parts["softmax_cross_entropy"](y, labels)
    for layer, part, learned, cache in reversed(back):
        grads = parts[f"{part}_backward"](upstream, cache)
        upstream, *slopes = grads if learned else [grads]
        memory = layer.setdefault("state", {}) if learned else {}
        for name, slope in zip(learned, slopes, strict=True):
            layer[name], memory[name] = parts["momentum"](layer[name], slope, memory.get(name), rate=rate)
    return layers, float(loss)


def step_inputs(pattern, in_shape):
    """Return a function that draws a network and a batch, also one in which every image comes twice."""

    def draw(rng):
        made = {**PARTS, "layers": network(rng, pattern, in_shape, 3), **images(rng, 6, in_shape, 3)}
        made |= {f"{name}_twice": np.concatenate([made[name], made[name]]) for name in ("x", "labels")}
        return made | {"rate": float(rng.uniform(0.05, 0.2)), "rng": Generator(int(rng.integers(10**6)))}

    return draw


def undecided(rng):
    """Draw a network that gives every class the same logit."""
    made = step_inputs("CONV-RELU-SOFTMAX", (2, 3, 4))(rng)
    *before, last = made["layers"]
    made["layers"] = [*before, last | {"weight": 0 * last["weight"], "bias": np.full(3, float(rng.normal()))}]
    return made


STEP = exercise_of(
    train_step,
    points=10,
    parts={"layers": 8, "loss": 2},
    cases=[
        step_case("one linear layer", "SOFTMAX", (2, 3, 2), 1),
        step_case("a small network", "CONV-RELU-POOL-FC-RELU-SOFTMAX", (2, 6, 5), 2),
        step_case("batch norm", "CONV-LRELU-BN-AVGPOOL-SOFTMAX", (2, 5, 6), 3),
        step_case("batch norm twice", "[CONV-LRELU-BN]*2-GAP-SOFTMAX", (1, 4, 5), 4),
        step_case("dropout", "CONV-RELU-DROPOUT-SOFTMAX", (2, 4, 3), 5),
        step_case("dropout and pooling", "CONV-POOL-DROPOUT-FC-LRELU-SOFTMAX", (2, 4, 6), 6),
        step_case("two steps", "CONV-LRELU-BN-POOL-SOFTMAX", (2, 4, 5), 7, 2),
        step_case("three steps", "FC-RELU-SOFTMAX", (1, 3, 2), 8, 3),
        step_case("another optimizer", "FC-LRELU-SOFTMAX", (1, 3, 2), 9, 2, parts=OTHER_PARTS),
        step_case("other parts", "CONV-RELU-BN-POOL-SOFTMAX", (2, 4, 5), 10, 2, parts=OTHER_PARTS),
    ],
    hidden=lambda rng: [
        step_case("odd", "[CONV-LRELU-BN-POOL]*2-SOFTMAX", (3, 9, 7), int(rng.integers(10**6)), kind="odd shapes"),
        step_case(
            "deep",
            "[CONV-LRELU-BN]*3-GAP-FC-DROPOUT-SOFTMAX",
            (2, 5, 4),
            int(rng.integers(10**6)),
            2,
            "a deeper network",
        ),
        step_case(
            "swapped", "CONV-RELU-POOL-FC-SOFTMAX", (2, 4, 6), int(rng.integers(10**6)), 2, "other parts", OTHER_PARTS
        ),
    ],
    properties=[
        identity(
            "a batch in which every image comes twice makes the same step",
            "parts = given_parts()",
            "layers1, loss1 = train_step(layers, parts, x, labels, rate, rng)",
            "layers2, loss2 = train_step(layers, parts, x_twice, labels_twice, rate, rng)",
            "layers1 == layers2",
            inputs=step_inputs("CONV-LRELU-BN-POOL-FC-LRELU-SOFTMAX", (2, 4, 5)),
            part="layers",
            hidden="a batch in which images come twice",
        ),
        identity(
            "where all logits are equal the loss is the logarithm of the number of classes",
            "parts = given_parts()",
            "layers1, loss = train_step(layers, parts, x, labels, rate, rng)",
            f"loss == {math.log(3)}",
            inputs=undecided,
            part="loss",
            hidden="equal logits",
        ),
        identity(
            "after a step at rate 0 the loss is what it was",
            "parts = given_parts()",
            "layers1, loss1 = train_step(layers, parts, x, labels, 0.0, rng)",
            "layers2, loss2 = train_step(layers1, parts, x, labels, 0.0, rng)",
            "loss1 == loss2",
            inputs=step_inputs("CONV-BN-LRELU-AVGPOOL-SOFTMAX", (2, 5, 4)),
            hidden="a rate of 0",
        ),
    ],
    mutants="""
    inference_mode: parts, y, rng, True) => parts, y, rng, False)
        A training step runs in training mode: batch norm by the batch, and dropout drops.
    statistics_lost: passed.append((layer, cache)) => passed.append((layers[len(passed)], cache))
        The running statistics are not handed on.
    uphill: old, rate=rate) => old, rate=-rate)
        The step goes up the loss: the rate has the wrong sign.
    no_memory: layer["state"].get(name) => None
        The optimizer starts again at every step: pass its state on.
    fixed_rate: rate=rate) => rate=0.01)
        The rate that is handed over is not used.
    loss_doubled: float(loss) => 2 * float(loss)
        The loss is the mean cross-entropy, neither its double nor its sum.
    loss_summed: float(loss) => float(loss) * len(labels)
        The loss is the mean over the batch, and yours is the sum.
    divided_again: stepped = [] => stepped, grad = [], grad / len(labels)
        The gradient of the logits is divided by the number of images twice: softmax_cross_entropy has done it.
    own_momentum: parts["momentum"](layer[name], slope, old, rate=rate)
            => (layer[name] + (v := 0.9 * (0 if old is None else old) - rate * slope), v)
        The step is taken by a formula of your own. Call parts["momentum"]: every part may be swapped for another.
    """,
    alternatives=[step_within, step_on_a_copy],
    hints="""
    Walk forward through the layers and keep each cache; walk back through them with the gradient of the logits.
    The order of the backward pass of a layer with weights: gradient of x first, then one for each array.
    Make a new dict with layer | {...}; a layer that you got must stay as it was, and the dict of its state too.
    """,
)
