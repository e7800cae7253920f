"""Assignment 10: what each check asks, which wrong answers it knows, and which right ones it must accept.

A trained network is judged by what it does on images that it has never seen, outside the student's process.
"""

import copy
from functools import reduce

import numpy as np
from given_network import NAMES, given_parts

from classroom.data import shapes
from classroom.staff.exercise import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Function,
    Generator,
    Given,
    Mutant,
    Property,
    Quiz,
)
from classroom.staff.slips import slips
from solutions.capstone import build_cnn, evaluate, my_parts, train_cnn, train_step
from solutions.pattern import expand_pattern

# --- expand_pattern -------------------------------------------------------------------------------------------------


def pattern_case(name, pattern, kind=""):
    return Case(name, {"pattern": pattern}, ["words = expand_pattern(pattern)"], ("words",), kind)


def expand_by_descent(pattern):
    def sequence(i):
        words = []
        while True:
            if text[i] == "[":
                inner, i = sequence(i + 1)
                if text[i] != "]":
                    raise ValueError(f"a bracket of {pattern!r} is not closed")
                i += 1
                digits = ""
                if text[i] == "*":
                    i += 1
                    while text[i].isdigit():
                        digits += text[i]
                        i += 1
                words += inner * int(digits or 1)
            else:
                start = i
                while text[i].isalpha():
                    i += 1
                if start == i:
                    raise ValueError(f"{pattern!r} has an empty word")
                words.append(text[start:i])
            if text[i] != "-":
                return words, i
            i += 1

    text = pattern.upper().replace(" ", "") + "$"
    words, end = sequence(0)
    if text[end] != "$":
        raise ValueError(f"{pattern!r} goes on behind its end")
    return words


def expand_by_stack(pattern):
    text, stack = pattern.upper().replace(" ", ""), [[]]
    if text.count("[") != text.count("]"):
        raise ValueError("brackets do not match")
    i = 0
    while i < len(text):
        if text[i] == "[":
            stack.append([])
            i += 1
        elif text[i] == "]":
            i += 1
            j = i + 1
            while j < len(text) and text[j].isdigit():
                j += 1
            group = stack.pop()
            if i < len(text) and text[i] == "*":
                group, i = group * int(text[i + 1 : j]), j
            stack[-1] += group
        elif text[i] == "-":
            i += 1
        else:
            j = i
            while j < len(text) and text[j].isalpha():
                j += 1
            stack[-1].append(text[i:j])
            i = j
    return stack[0]


def not_nested(pattern):
    import re

    text = pattern.upper().replace(" ", "")
    text = re.sub(r"\[([^\[\]]*)\](?:\*(\d+))?", lambda m: "-".join([m[1]] * int(m[2] or 1)), text)
    return text.replace("[", "").replace("]", "").split("-")


EXPAND = Exercise(
    id="expand_pattern",
    points=4,
    functions={"expand_pattern": expand_pattern},
    subject=("expand_pattern",),
    cases=[
        pattern_case("no bracket", "CONV-RELU-SOFTMAX"),
        pattern_case("one group", "[CONV-RELU]*3-SOFTMAX"),
        pattern_case("a group in a group", "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX"),
        pattern_case("groups beside each other", "[CONV-BN]*2-[FC-DROPOUT]*2-SOFTMAX"),
        pattern_case("a group without a number", "[CONV-POOL]-[[FC]*2-RELU]*2-SOFTMAX"),
        pattern_case("small letters and blanks", "[conv - relu]*2 - softmax"),
        pattern_case("ten times", "[FC-RELU]*10-SOFTMAX"),
        pattern_case("twelve times", "[[FC]*12-RELU]*2"),
    ],
    hidden=lambda rng: [
        pattern_case("deep", f"[[[CONV-RELU]*{rng.integers(2, 5)}-BN]*3-POOL]*2-FC-SOFTMAX", "three brackets deep"),
        pattern_case("often", f"[LRELU-CONV]*{rng.integers(11, 40)}-GAP-SOFTMAX", "many repetitions"),
        pattern_case("mixed", f"[Conv-[Bn-Relu]*{rng.integers(2, 6)}]*2 -SoftMax", "small letters and blanks"),
    ],
    properties=[
        Property(
            "refuses",
            title="an open bracket",
            calls=["words = expand_pattern(pattern)"],
            inputs={"pattern": "[CONV-RELU*2-SOFTMAX"},
            error="ValueError",
            why="a bracket is not closed",
        )
    ],
    mutants=[
        *slips(
            expand_pattern,
            """
            once_more: "-".join([group] * count) => "-".join([group] * (count + 1))
                A group with *n stands there n times; yours stands there n + 1 times.
            once_less: "-".join([group] * count) => "-".join([group] * max(1, count - 1))
                A group with *n stands there n times; yours stands there n - 1 times.
            never: "-".join([group] * count) => group
                The number behind a bracket is not used.
            always_two: int(match[2] or 1) => 2
                The number behind a bracket is not used: a group without one stands there once.
            one_digit: {1,4} => {1}
                A number may have more than one digit.
            small_letters: pattern.upper() => pattern
                Small letters mean the same: turn them into capitals first.
            reversed: words = text.split("-") => words = text.split("-")[::-1]
                The words come in the wrong order.
            last_word_lost: words = text.split("-") => words = text.split("-")[:-1]
                The last word is missing.
            """,
        ),
        Mutant(
            "not_nested",
            {"expand_pattern": not_nested},
            "Groups inside groups are not expanded: go on until no bracket is left.",
        ),
    ],
    alternatives=[
        Alternative("by descent", {"expand_pattern": expand_by_descent}),
        Alternative("by a stack", {"expand_pattern": expand_by_stack}),
    ],
    hints=[
        "Write out an innermost group, one without brackets inside; then what was around it is the innermost one.",
        r"re.search(r'\[([^\[\]]*)\](?:\*(\d+))?', text) finds an innermost group and its number.",
        "When no group is left, split at the dashes, and raise ValueError when a word is not made of letters.",
    ],
)

# --- build_cnn ------------------------------------------------------------------------------------------------------


def plan(words, in_shape, classes, channels, width):
    """What the layers should be: a weight is replaced by its shape and spread."""
    layers = []
    for layer in build_cnn(words, in_shape, classes, np.random.default_rng(0), channels, width):
        if "weight" in layer:
            shape = layer["weight"].shape
            inputs = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
            layer["weight"] = [list(shape), float(np.sqrt(2 / inputs))]
        layers.append(layer)
    return layers


def build_case(name, pattern, in_shape, classes, channels, width, seed, kind=""):
    return Case(
        name,
        inputs={
            "words": expand_pattern(pattern),
            "in_shape": in_shape,
            "classes": classes,
            "channels": channels,
            "width": width,
            "rng": Generator(seed),
        },
        calls=["layers = build_cnn(words, in_shape, classes, rng, channels, width)"],
        outputs=("layers",),
        kind=kind,
        measure="cnn",
        options={"layers": plan(expand_pattern(pattern), in_shape, classes, channels, width)},
    )


def build_from_table(words, in_shape, classes, rng, channels=16, width=64):
    def draw(shape, inputs):
        return np.sqrt(2 / inputs) * rng.standard_normal(shape)

    c, h, w = in_shape
    out = []
    for word in words:
        if word == "CONV":
            out.append({"kind": word, "weight": draw((channels, c, 3, 3), 9 * c), "bias": np.zeros(channels)})
            c = channels
        elif word == "FC" or word == "SOFTMAX":
            m = {"FC": width, "SOFTMAX": classes}[word]
            out.append({"kind": "FC", "weight": draw((c * h * w, m), c * h * w), "bias": np.zeros(m)})
            c, h, w = m, 1, 1
        elif word == "BN":
            zero, one = np.zeros((2, c)), np.ones((2, c))
            out.append({"kind": "BN", "scale": one[0], "shift": zero[0], "mean": zero[1], "var": one[1]})
        else:
            out.append({"kind": word, "drop": 0.5} if word == "DROPOUT" else {"kind": word})
            if word.endswith("POOL"):
                h, w, channels = h // 2, w // 2, channels * 2
            if word == "GAP":
                h = w = 1
    return out


def build_by_makers(words, in_shape, classes, rng, channels=16, width=64):
    depth, sides, filters = in_shape[0], tuple(in_shape[1:]), channels

    def drawn(inputs, *shape):
        return {"weight": rng.normal(scale=(2 / inputs) ** 0.5, size=shape)}

    def conv():
        nonlocal depth
        before, depth = depth, filters
        return {"bias": np.zeros(depth), **drawn(9 * before, depth, before, 3, 3)}

    def linear(outputs):
        nonlocal depth, sides
        inputs, depth, sides = depth * int(np.prod(sides)), outputs, ()
        return {"bias": np.zeros(outputs), **drawn(inputs, inputs, outputs)}

    def norm():
        starts = {"scale": 1.0, "shift": 0.0, "mean": 0.0, "var": 1.0}
        return {name: np.full(depth, start) for name, start in starts.items()}

    def halve():
        nonlocal sides, filters
        sides, filters = tuple(side // 2 for side in sides), 2 * filters
        return {}

    def average():
        nonlocal sides
        sides = ()
        return {}

    makers = {
        "CONV": conv,
        "BN": norm,
        "POOL": halve,
        "AVGPOOL": halve,
        "GAP": average,
        "DROPOUT": lambda: {"drop": 0.5},
        "FC": lambda: linear(width),
        "SOFTMAX": lambda: linear(classes),
    }
    return [{"kind": word.replace("SOFTMAX", "FC"), **makers.get(word, dict)()} for word in words]


def build_inputs(rng):
    """Draw a small network's words, and generators of which two start alike."""
    pattern = ("CONV-BN-RELU-POOL-CONV-RELU-SOFTMAX", "CONV-POOL-FC-RELU-DROPOUT-SOFTMAX")[int(rng.integers(2))]
    seed = int(rng.integers(10**6))
    return {
        "words": expand_pattern(pattern),
        "rng": Generator(seed),
        "same_rng": Generator(seed),
        "other_rng": Generator(seed + 1),
    }


BUILT = "build_cnn(words, (2, 6, 5), 3, {}, channels=4, width=5)"
SAME_DRAWS = Property(
    "equal",
    title="generators that start alike draw the same network",
    calls=[f"layers = {BUILT.format('rng')}", f"layers_again = {BUILT.format('same_rng')}"],
    inputs=build_inputs,
    left="layers",
    right="layers_again",
)
OTHER_DRAWS = Property(
    "differ",
    title="every weight is drawn from rng",
    calls=[f"layers = {BUILT.format('rng')}", f"other_layers = {BUILT.format('other_rng')}"],
    inputs=build_inputs,
    left="layers",
    right="other_layers",
    why="though they come from two generators",
)
DEFAULTS = Property(
    "equal",
    title="without a word about them there are 16 filters and 64 outputs",
    calls=[
        "layers = build_cnn(words, (2, 6, 5), 3, rng)",
        "layers_told = build_cnn(words, (2, 6, 5), 3, same_rng, 16, 64)",
    ],
    inputs=build_inputs,
    left="layers",
    right="layers_told",
)

BUILD = Exercise(
    id="build_cnn",
    points=6,
    functions={"build_cnn": build_cnn},
    subject=("build_cnn",),
    cases=[
        build_case("one convolution", "CONV-RELU-SOFTMAX", (3, 6, 5), 4, 24, 30, 1),
        build_case("the template", "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX", (3, 12, 8), 5, 12, 40, 2),
        build_case("batch norm", "[CONV-BN-RELU-POOL]*2-FC-BN-SOFTMAX", (2, 9, 7), 6, 10, 32, 3),
        build_case(
            "everything", "CONV-BN-LRELU-AVGPOOL-CONV-POOL-CONV-GAP-DROPOUT-FC-SOFTMAX", (3, 16, 12), 7, 8, 30, 4
        ),
        build_case("pooled twice", "CONV-POOL-CONV-AVGPOOL-CONV-GAP-SOFTMAX", (1, 13, 10), 8, 14, 20, 5),
    ],
    hidden=lambda rng: [
        build_case(
            "odd",
            "[CONV-BN-RELU-POOL]*2-FC-DROPOUT-SOFTMAX",
            (4, 15, 11),
            9,
            11,
            int(rng.integers(30, 50)),
            6,
            "odd shapes",
        ),
        build_case(
            "deep", "[CONV-LRELU-POOL]*3-GAP-SOFTMAX", (3, 25, 17), 5, int(rng.integers(7, 12)), 20, 7, "three poolings"
        ),
    ],
    properties=[SAME_DRAWS, OTHER_DRAWS, DEFAULTS],
    hidden_properties=[SAME_DRAWS.drawn("two networks of one draw"), OTHER_DRAWS.drawn("networks of two generators")],
    mutants=slips(
        build_cnn,
        """
        channels_not_doubled: breadth // 2, 2 * channels => breadth // 2, channels
            Each pooling doubles the filters of the convolutions behind it.
        xavier_like: np.sqrt(2 / (depth * 9)) => np.sqrt(1 / (depth * 9))
            The variance of a filter's weights is 2 over fan_in, because ReLU drops half of the signal.
        fan_out: np.sqrt(2 / (depth * 9)) => np.sqrt(2 / (channels * 9))
            fan_in counts the channels that come in, not the filters.
        kernel_forgotten: np.sqrt(2 / (depth * 9)) => np.sqrt(2 / depth)
            fan_in of a convolution counts the nine places of the kernel too.
        variance_as_spread: np.sqrt(2 / inputs) => 2 / inputs
            The variance is 2 over fan_in; the standard deviation is its root.
        depth_forgotten: depth = channels => pass
            A convolution turns the depth into its number of filters.
        width_at_the_end: width if word == "FC" else classes => width
            SOFTMAX stands for the last linear layer: it has one output a class.
        shift_of_one: "shift": np.zeros(depth) => "shift": np.ones(depth)
            The shift of batch norm starts at 0.
        variance_of_zero: "var": np.ones(depth) => "var": np.zeros(depth)
            The running variance starts at 1.
        pooling_forgotten: height, breadth, channels = height // 2, breadth // 2, 2 * channels 
                => channels = 2 * channels
            Pooling halves height and width: a linear layer behind it has fewer inputs.
        other_defaults: channels: int = 16 => channels: int = 32
            Without a word about it, channels is 16 and width 64, as in the first line of the stub.
        own_generator: (depth, height, breadth), layers = in_shape, []
                => (depth, height, breadth), layers, rng = in_shape, [], np.random.default_rng(0)
            You draw from a generator of your own, so every network has the same weights. Draw from rng.
        """,
    ),
    alternatives=[
        Alternative("from a table", {"build_cnn": build_from_table}),
        Alternative("a function for each word", {"build_cnn": build_by_makers}),
    ],
    hints=[
        "Carry the shape (depth, height, breadth) along while you walk through the words.",
        "CONV sets the depth to its filters; POOL halves height and breadth and doubles `channels`; GAP leaves 1 by 1.",
        "fan_in is 9 times the depth for CONV, depth times height times breadth for FC.",
    ],
)

# --- train_step and evaluate ----------------------------------------------------------------------------------------

PARTS = {"given_parts": Function("given_parts")}
OTHER_PARTS = {
    "given_parts": Function("given_parts", momentum="adam", relu="leaky_relu", maxpool2d="avgpool2d"),
}


def network(rng, pattern, in_shape, classes):
    """A small network whose statistics, scales and shifts are not at their start."""
    layers = build_cnn(expand_pattern(pattern), in_shape, classes, rng, 3, 5)
    for layer in layers:
        for name, value in layer.items():
            if isinstance(value, np.ndarray) and name != "weight":
                layer[name] = rng.uniform(0.5, 1.5, value.shape)
    return layers


def images(rng, count, in_shape, classes):
    return {"x": rng.normal(size=(count, *in_shape)), "labels": rng.integers(classes, size=count)}


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
    layers, back = copy.deepcopy(list(layers)), []
    calls = {
        "CONV": lambda layer, y: parts["conv2d_forward"](y, layer["weight"], layer["bias"], stride=1, padding=1),
        "FC": lambda layer, y: parts["linear_forward"](y, layer["weight"], layer["bias"]),
        "BN": lambda layer, y: parts["spatial_batchnorm_forward"](
            y, layer["scale"], layer["shift"], (layer["mean"], layer["var"]), training=True
        ),
        "RELU": lambda layer, y: parts["relu_forward"](y),
        "LRELU": lambda layer, y: parts["leaky_relu_forward"](y),
        "POOL": lambda layer, y: parts["maxpool2d_forward"](y, 2, 2),
        "AVGPOOL": lambda layer, y: parts["avgpool2d_forward"](y, 2, 2),
        "GAP": lambda layer, y: parts["global_avg_pool_forward"](y),
        "DROPOUT": lambda layer, y: parts["dropout_forward"](y, layer["drop"], rng, training=True),
    }
    names = ["conv2d", "linear", "spatial_batchnorm", "relu", "leaky_relu", "maxpool2d", "avgpool2d"]
    names = dict(zip(calls, [*names, "global_avg_pool", "dropout"], strict=True))
    y = x
    for layer in layers:
        y, cache, *running = calls[layer["kind"]](layer, y)
        if running:
            layer["mean"], layer["var"] = running[0]
        back.append((layer, cache))
    loss, upstream = parts["softmax_cross_entropy"](y, labels)
    while back:
        layer, cache = back.pop()
        grads = parts[names[layer["kind"]] + "_backward"](upstream, cache)
        if isinstance(grads, tuple):
            upstream, *slopes = grads
            memory = layer.setdefault("state", {})
            for name, slope in zip(
                ("weight", "bias") if "weight" in layer else ("scale", "shift"), slopes, strict=True
            ):
                layer[name], memory[name] = parts["momentum"](layer[name], slope, memory.get(name), rate=rate)
        else:
            upstream = grads
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


TWICE = Property(
    "equal",
    title="a batch in which every image comes twice makes the same step",
    part="layers",
    calls=[
        "parts = given_parts()",
        "layers1, loss1 = train_step(layers, parts, x, labels, rate, rng)",
        "layers2, loss2 = train_step(layers, parts, x_twice, labels_twice, rate, rng)",
    ],
    inputs=step_inputs("CONV-LRELU-BN-POOL-FC-LRELU-SOFTMAX", (2, 4, 5)),
    left="layers1",
    right="layers2",
)
UNDECIDED = Property(
    "combination",
    title="where all logits are equal the loss is the logarithm of the number of classes",
    part="loss",
    calls=["parts = given_parts()", "layers1, loss = train_step(layers, parts, x, labels, rate, rng)"],
    inputs=undecided,
    terms={"loss": 1},
    right=float(np.log(3)),
)
STANDSTILL = Property(
    "equal",
    title="after a step at rate 0 the loss is what it was",
    calls=[
        "parts = given_parts()",
        "layers1, loss1 = train_step(layers, parts, x, labels, 0.0, rng)",
        "layers2, loss2 = train_step(layers1, parts, x, labels, 0.0, rng)",
    ],
    inputs=step_inputs("CONV-BN-LRELU-AVGPOOL-SOFTMAX", (2, 5, 4)),
    left="loss1",
    right="loss2",
)


def evaluate_in_batches(layers, parts, x, labels):
    """Count what is right in batches of 100; batch norm keeps its running statistics, and dropout lets all through."""
    calls = {
        "CONV": lambda y, layer: parts["conv2d_forward"](y, layer["weight"], layer["bias"], padding=1),
        "FC": lambda y, layer: parts["linear_forward"](y, layer["weight"], layer["bias"]),
        "BN": lambda y, layer: parts["spatial_batchnorm_forward"](
            y, layer["scale"], layer["shift"], (layer["mean"], layer["var"]), training=False
        ),
        "RELU": lambda y, layer: parts["relu_forward"](y),
        "LRELU": lambda y, layer: parts["leaky_relu_forward"](y),
        "POOL": lambda y, layer: parts["maxpool2d_forward"](y, 2, 2),
        "AVGPOOL": lambda y, layer: parts["avgpool2d_forward"](y, 2, 2),
        "GAP": lambda y, layer: parts["global_avg_pool_forward"](y),
        "DROPOUT": lambda y, layer: (y,),
    }
    right = 0
    for start in range(0, len(x), 100):
        logits = reduce(lambda y, layer: calls[layer["kind"]](y, layer)[0], layers, x[start : start + 100])
        right += np.count_nonzero(np.argmax(logits, axis=-1) == labels[start : start + 100])
    return right / len(x)


def evaluate_by_means(layers, parts, x, labels):
    starts = range(0, len(x), 32)
    return float(np.mean([evaluate(layers, parts, x[i : i + 32], labels[i : i + 32]) for i in starts]))


def evaluate_one_by_one(layers, parts, x, labels):
    right = 0
    for image, label in zip(x, labels, strict=True):
        y = image[None]
        for layer in layers:
            kind = layer["kind"]
            if kind == "CONV":
                y = parts["conv2d_forward"](y, layer["weight"], layer["bias"], padding=1)[0]
            elif kind == "FC":
                y = parts["linear_forward"](y, layer["weight"], layer["bias"])[0]
            elif kind == "BN":
                running = layer["mean"], layer["var"]
                y = parts["spatial_batchnorm_forward"](y, layer["scale"], layer["shift"], running, training=False)[0]
            elif kind == "POOL":
                y = parts["maxpool2d_forward"](y, 2, 2)[0]
            elif kind == "AVGPOOL":
                y = parts["avgpool2d_forward"](y, 2, 2)[0]
            elif kind == "GAP":
                y = parts["global_avg_pool_forward"](y)[0]
            elif kind == "RELU":
                y = parts["relu_forward"](y)[0]
            elif kind == "LRELU":
                y = parts["leaky_relu_forward"](y)[0]
        right += int(np.argmax(y) == label)
    return right / len(x)


STEP = Exercise(
    id="train_step",
    points=10,
    functions={"train_step": train_step},
    subject=("train_step",),
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
    properties=[TWICE, UNDECIDED, STANDSTILL],
    hidden_properties=[
        TWICE.drawn("a batch in which images come twice"),
        UNDECIDED.drawn("equal logits"),
        STANDSTILL.drawn("a rate of 0"),
    ],
    mutants=slips(
        train_step,
        """
        inference_mode: parts, y, rng, True) => parts, y, rng, False)
            A training step runs in training mode: batch norm by the batch, and dropout drops.
        statistics_lost: passed.append((layer, cache)) => passed.append((layers[len(passed)], cache))
            The running statistics are not handed on.
        uphill: old, rate=rate) => old, rate=-rate)
            The step goes up the loss: the rate has the wrong sign.
        no_memory: layer["state"].get(name) => None
            The optimizer starts anew at every step: hand its state on.
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
    ),
    alternatives=[
        Alternative("layer within layer", {"train_step": step_within}),
        Alternative("on a copy", {"train_step": step_on_a_copy}),
    ],
    hints=[
        "Walk forward through the layers and keep each cache; walk back through them with the gradient of the logits.",
        "The order of the backward pass of a layer with weights: gradient of x first, then one for each array.",
        "Make a new dict with layer | {...}; a layer that you got must stay as it was, and the dict of its state too.",
    ],
)


def evaluate_case(name, pattern, in_shape, seed, kind="", parts=PARTS):
    rng = np.random.default_rng(seed)
    inputs = {**parts, "layers": network(rng, pattern, in_shape, 3), **images(rng, 41, in_shape, 3)}
    calls = ["parts = given_parts()", "accuracy = evaluate(layers, parts, x, labels)"]
    logits = np.array([evaluate(inputs["layers"], given_parts(), inputs["x"], np.full(41, k)) for k in range(3)])
    assert logits.max() < 0.95, f"{name}: one class wins everywhere, which hides mistakes"
    return Case(name, inputs, calls, ("accuracy",), kind, square=True)


def fair_evaluate_case(name, pattern, in_shape, seed, kind, parts=PARTS):
    """Take the next seed at which the network does not give one class to all."""
    while True:
        try:
            return evaluate_case(name, pattern, in_shape, seed, kind, parts)
        except AssertionError:
            seed += 1


def evaluate_inputs(rng):
    """Draw a network and images, both also in other forms that do not change how many answers are right."""
    pattern = "CONV-BN-LRELU-DROPOUT-FC-RELU-SOFTMAX"
    case = fair_evaluate_case("", pattern, (2, 4, 3), int(rng.integers(10**6)), "")
    x, labels = case.inputs["x"], case.inputs["labels"]
    halves = {"x1": x[:15], "labels1": labels[:15], "x2": x[15:], "labels2": labels[15:]}
    order = rng.permutation(len(x))
    return {
        **case.inputs,
        **halves,
        "x_mixed": x[order],
        "labels_mixed": labels[order],
        **{f"all_{k}": np.full(len(x), k) for k in range(3)},
    }


def evaluated(**targets):
    """Write the calls that evaluate the arguments given for each target."""
    return [
        "parts = given_parts()",
        *(f"{target} = evaluate({layers}, parts, {x}, {labels})" for target, (layers, x, labels) in targets.items()),
    ]


WHOLE = ("layers", "x", "labels")
IN_HALVES = Property(
    "combination",
    title="15 images and 26 images, weighed by their number, make the accuracy of all 41",
    calls=evaluated(whole=WHOLE, first=("layers", "x1", "labels1"), second=("layers", "x2", "labels2")),
    inputs=evaluate_inputs,
    terms={"whole": 41, "first": -15, "second": -26},
    right=0,
)
ONE_ANSWER = Property(
    "combination",
    title="an image has one answer, so the accuracies for the labels 0, 1 and 2 add up to 1",
    calls=evaluated(**{f"said_{k}": ("layers", "x", f"all_{k}") for k in range(3)}),
    inputs=evaluate_inputs,
    terms={f"said_{k}": 1 for k in range(3)},
    right=1,
)
MIXED = Property(
    "equal",
    title="the order of the images makes no difference",
    calls=evaluated(accuracy=WHOLE, accuracy_mixed=("layers", "x_mixed", "labels_mixed")),
    inputs=evaluate_inputs,
    left="accuracy",
    right="accuracy_mixed",
)


EVALUATE = Exercise(
    id="evaluate",
    points=5,
    functions={"evaluate": evaluate},
    subject=("evaluate",),
    cases=[
        fair_evaluate_case("a linear layer", "SOFTMAX", (2, 3, 2), 11, ""),
        fair_evaluate_case("a small network", "CONV-RELU-POOL-FC-RELU-SOFTMAX", (2, 6, 5), 12, ""),
        fair_evaluate_case("batch norm", "CONV-BN-RELU-AVGPOOL-SOFTMAX", (2, 5, 6), 23, ""),
        fair_evaluate_case("batch norm twice", "[CONV-BN-LRELU]*2-GAP-SOFTMAX", (2, 4, 5), 34, ""),
        fair_evaluate_case("dropout", "CONV-LRELU-DROPOUT-SOFTMAX", (2, 4, 3), 45, ""),
        fair_evaluate_case("dropout twice", "[FC-DROPOUT]*2-SOFTMAX", (2, 4, 3), 56, ""),
        fair_evaluate_case("other parts", "CONV-RELU-POOL-SOFTMAX", (2, 6, 5), 67, "", OTHER_PARTS),
    ],
    hidden=lambda rng: [
        fair_evaluate_case("odd", "[CONV-BN-RELU]*2-POOL-SOFTMAX", (3, 9, 7), int(rng.integers(10**6)), "odd shapes"),
        fair_evaluate_case(
            "all",
            "CONV-BN-LRELU-DROPOUT-FC-DROPOUT-SOFTMAX",
            (2, 5, 4),
            int(rng.integers(10**6)),
            "batch norm and dropout",
        ),
    ],
    properties=[IN_HALVES, ONE_ANSWER],
    hidden_properties=[
        MIXED.drawn("images in another order"),
        IN_HALVES.drawn("images in two halves"),
        ONE_ANSWER.drawn("the same label for all images"),
    ],
    mutants=[
        *slips(
            evaluate,
            """
        training_mode: _layer_forward(layer, parts, y, None, False) 
                => _layer_forward(layer, parts, y, np.random.default_rng(0), True)
            This runs in training mode: the answer for an image then depends on the others of its batch, and on chance.
        batch_norm_by_batch: parts, y, None, False) => parts, y, None, layer["kind"] == "BN")
            Batch norm must use its running statistics here, not those of the batch.
        dropout_left_on: parts, y, None, False) => parts, y, np.random.default_rng(1), layer["kind"] == "DROPOUT")
            Dropout still drops: when evaluating it lets everything through.
        percent: float((y.argmax(axis=1) == labels).mean()) => 100 * float((y.argmax(axis=1) == labels).mean())
            The accuracy is a fraction, from 0 to 1.
        count: (y.argmax(axis=1) == labels).mean() => (y.argmax(axis=1) == labels).sum()
            This counts the right ones; divide by their number.
        error: y.argmax(axis=1) == labels => y.argmax(axis=1) != labels
            This is the fraction of wrong answers.
        smallest: y.argmax(axis=1) => y.argmin(axis=1)
            The network's answer is its largest logit.
        """,
        ),
        Mutant(
            "mean_of_means",
            evaluate_by_means,
            "The last batch may be smaller, and its mean weighs as much as any other. Divide once, at the end.",
        ),
    ],
    alternatives=[
        Alternative("image by image", {"evaluate": evaluate_one_by_one}),
        Alternative("in batches", {"evaluate": evaluate_in_batches}),
    ],
    hints=[
        "The same walk forward as in train_step, with training=False for batch norm and dropout.",
        "The answer for an image is the place of its largest logit: argmax along axis 1.",
        "If you go batch by batch, count what is right, and divide once, at the end.",
    ],
)

# --- train_cnn ------------------------------------------------------------------------------------------------------

THRESHOLDS = {"good": 0.7, "better": 0.85, "best": 0.93}


def training_case(name, count, seed, thresholds, kind="", test=2):
    data = shapes(count, seed=seed)
    numbers = np.arange(6)
    while kind and (numbers == np.arange(6)).any():  # other numbers for all kinds: weights from elsewhere are no use
        numbers = np.random.default_rng(seed).permutation(6)
        seed += 1
    return Case(
        name,
        inputs={
            **PARTS,
            "images": data.images,
            "labels": numbers[data.labels],
            "rng": Generator(seed),
        },
        calls=["parts = given_parts()", "layers = train_cnn(images, labels, parts, rng)"],
        outputs=("layers",),
        kind=kind,
        part={name: name for name in THRESHOLDS},
        measure="trained",
        options={"count": 400, "seed": test, "numbers": numbers, "thresholds": thresholds},
        budget={"cpu_seconds": 60.0},
        square=True,
    )


def train_with_adam(images, labels, parts, rng):
    words = [*2 * ["CONV", "BN", "RELU", "POOL"], "FC", "RELU", "SOFTMAX"]
    layers, parts = build_cnn(words, images.shape[1:], 6, rng, 8), parts | {"momentum": parts["adam"]}
    for layer in layers:
        for name in layer.keys() - {"kind"}:
            layer[name] = np.float32(layer[name])
    for epoch in range(10):
        order = rng.permutation(len(images))
        for start in range(0, len(images), 25):
            rows = order[start : start + 25]
            x = np.float32(images[rows][..., :: rng.choice([-1, 1])])
            layers, _ = train_step(layers, parts, x, labels[rows], 0.008 * (1 - epoch / 10), rng)
    return layers


def train_by_hand(images, labels, parts, rng):
    """Write the layers and the step down, and build on no function of the notebook."""
    classes, single = int(labels.max()) + 1, np.float32
    pools = [("maxpool2d", "POOL", (2, 2)), ("maxpool2d", "POOL", (2, 2)), ("global_avg_pool", "GAP", ())]
    blocks, depth = [], images.shape[1]
    for filters in (8, 16, 32):
        blocks.append(
            {
                "weight": parts["kaiming_normal"]((filters, depth, 3, 3), rng).astype(single),
                "bias": np.zeros(filters, single),
                "scale": np.ones(filters, single),
                "shift": np.zeros(filters, single),
            }
        )
        depth = filters
    last = {"weight": parts["kaiming_normal"]((depth, classes), rng), "bias": np.zeros(classes)}
    running, speeds, epochs = [None] * 3, {}, 11

    def move(key, layer, rate, grads):
        for name, grad in grads.items():
            old = speeds.get((key, name))
            layer[name], speeds[key, name] = parts["momentum"](layer[name], grad, old, rate=rate)

    for epoch in range(epochs):
        rate = 0.1 * (1 - epoch / epochs)
        for rows in np.array_split(rng.permutation(len(images)), max(1, len(images) // 30)):
            y, caches = images[rows].astype(single)[..., :: rng.choice([-1, 1])], []
            for number, (block, (pool, _, sizes)) in enumerate(zip(blocks, pools, strict=True)):
                y, at_conv = parts["conv2d_forward"](y, block["weight"], block["bias"], padding=1)
                y, at_norm, running[number] = parts["spatial_batchnorm_forward"](
                    y, block["scale"], block["shift"], running[number], training=True
                )
                y, at_relu = parts["relu_forward"](y)
                y, at_pool = parts[f"{pool}_forward"](y, *sizes)
                caches.append((at_conv, at_norm, at_relu, at_pool))
            y, at_last = parts["linear_forward"](y, last["weight"], last["bias"])
            _, grad = parts["softmax_cross_entropy"](y, labels[rows])
            grad, weight, bias = parts["linear_backward"](grad, at_last)
            move(3, last, rate, {"weight": weight, "bias": bias})
            for number in (2, 1, 0):
                at_conv, at_norm, at_relu, at_pool = caches[number]
                grad = parts["relu_backward"](parts[f"{pools[number][0]}_backward"](grad, at_pool), at_relu)
                grad, scale, shift = parts["spatial_batchnorm_backward"](grad, at_norm)
                grad, weight, bias = parts["conv2d_backward"](grad, at_conv)
                move(number, blocks[number], rate, {"weight": weight, "bias": bias, "scale": scale, "shift": shift})
    layers = []
    for block, (mean, var), (_, kind, _) in zip(blocks, running, pools, strict=True):
        layers.append({"kind": "CONV", "weight": block["weight"], "bias": block["bias"]})
        layers.append({"kind": "BN", "scale": block["scale"], "shift": block["shift"], "mean": mean, "var": var})
        layers += [{"kind": "RELU"}, {"kind": kind}]
    return [*layers, {"kind": "FC", **last}]


def untrained(images, labels, parts, rng):
    words = [*2 * ["CONV", "BN", "RELU", "POOL"], "CONV", "BN", "RELU", "GAP", "SOFTMAX"]
    return build_cnn(words, images.shape[1:], int(labels.max()) + 1, rng, 4)


def first_batch_only(images, labels, parts, rng):
    layers = build_cnn(
        ["CONV", "BN", "RELU", "POOL", "POOL", "SOFTMAX"], images.shape[1:], int(labels.max()) + 1, rng, 4
    )
    for _ in range(20):
        layers, _ = train_step(layers, parts, images[:20], labels[:20], 0.02, rng)
    return layers


def other_labels(images, labels, parts, rng):
    layers = build_cnn(
        ["CONV", "BN", "RELU", "POOL", "POOL", "SOFTMAX"], images.shape[1:], int(labels.max()) + 1, rng, 4
    )
    for start in range(0, len(images) - 40, 40):
        rows = rng.permutation(len(images))[:40]
        layers, _ = train_step(layers, parts, images[rows], labels[start : start + 40], 0.02, rng)
    return layers


def far_too_fast(images, labels, parts, rng):
    words = ["CONV", "RELU", "POOL", "POOL", "SOFTMAX"]
    layers = build_cnn(words, images.shape[1:], int(labels.max()) + 1, rng, 4)
    for start in range(0, len(images) - 40, 40):
        rows = slice(start, start + 40)
        layers, _ = train_step(layers, parts, images[rows], labels[rows], 1e4, rng)
    return layers


def no_statistics(images, labels, parts, rng):
    layers = build_cnn(
        ["CONV", "BN", "RELU", "POOL", "POOL", "SOFTMAX"], images.shape[1:], int(labels.max()) + 1, rng, 4
    )
    for start in range(0, len(images) - 40, 40):
        rows = slice(start, start + 40)
        layers, _ = train_step(layers, parts, images[rows], labels[rows], 0.02, rng)
    return [layer | {"mean": 9 + 0 * layer["mean"]} if layer["kind"] == "BN" else layer for layer in layers]


def mutant(name, function, sentence):
    return Mutant(name, {"train_cnn": function}, sentence)


def few_images(rng):
    """Draw as few images as train_cnn must be able to do with, and generators of which two start alike."""
    data, seed = shapes(12, seed=int(rng.integers(10**6))), int(rng.integers(10**6))
    generators = {"rng": Generator(seed), "same_rng": Generator(seed), "other_rng": Generator(seed + 1)}
    return {**PARTS, "images": data.images, "labels": data.labels, **generators}


TRAINED = ["parts = given_parts()", "layers = train_cnn(images, labels, parts, rng)"]
REPEATABLE = Property(
    "equal",
    title="the same images and the same draws train the same network",
    part="best",
    calls=[*TRAINED, "layers_again = train_cnn(images, labels, parts, same_rng)"],
    inputs=few_images,
    left="layers",
    right="layers_again",
    limit=1e-4,
)
DRAWN = Property(
    "differ",
    title="everything that is random comes from rng",
    part="best",
    calls=[*TRAINED, "other_layers = train_cnn(images, labels, parts, other_rng)"],
    inputs=few_images,
    left="layers",
    right="other_layers",
    why="though they come from two generators",
)


TRAIN = Exercise(
    id="train_cnn",
    points=20,
    functions={"train_cnn": train_cnn},
    subject=("train_cnn",),
    parts={"good": 10, "better": 5, "best": 5},
    cases=[training_case("few images", 240, 1, dict.fromkeys(THRESHOLDS, 0.4))],
    hidden=lambda rng: [
        training_case(
            "many",
            600,
            int(rng.integers(10**6)),
            THRESHOLDS,
            "new images: more accuracy is asked for, or less time",
            int(rng.integers(2**40)),
        )
    ],
    properties=[REPEATABLE, DRAWN],
    hidden_properties=[REPEATABLE.drawn("the same images and draws once more")],
    mutants=[
        mutant(
            "untrained", untrained, "The network that comes back has not been trained: return what train_step returns."
        ),
        mutant(
            "one_batch",
            first_batch_only,
            "Only a few images are used: go through all of them, in a new order each epoch.",
        ),
        mutant("other_labels", other_labels, "Images and labels do not belong together: use the same rows of both."),
        mutant("too_fast", far_too_fast, "The rate is far too large: the loss grows from step to step."),
        mutant(
            "strange_statistics", no_statistics, "The running statistics of batch norm are not those of the images."
        ),
    ],
    alternatives=[
        Alternative("with Adam", {"train_cnn": train_with_adam}),
        Alternative("by hand", {"train_cnn": train_by_hand}),
    ],
    hints=[
        "Start with [CONV-BN-RELU-POOL]*2-FC-RELU-SOFTMAX, batches of 32, a rate of 0.02 and ten epochs.",
        "Shuffle anew in every epoch: order = rng.permutation(len(images)); then images[order[start:start + 32]].",
        "Let the rate fall to 0 along a cosine, and flip half of the batches from left to right.",
    ],
)

# --- your parts -----------------------------------------------------------------------------------------------------


def parts_case(part, seed, kind="", **changed):
    """Calls of one part of the dict, or of a forward pass and its backward pass, with some options changed."""
    rng = np.random.default_rng(seed)
    arguments, options = EXAMPLES[part](rng)
    options |= changed
    written = ", ".join([*arguments, *(f"{key}={value!r}" for key, value in options.items())])
    inputs = {"own": Function("own"), **arguments}
    calls = ["mine = my_parts()", "parts = own(mine)"]
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


def dropout_parts(seed, measure, kind=""):
    rng = np.random.default_rng(seed)
    calls = [
        "mine = my_parts()",
        "parts = own(mine)",
        'y, cache = parts["dropout_forward"](x, drop, rng, training=True)',
        'grad_x = parts["dropout_backward"](grad_y, cache)',
    ]
    inputs = {"own": Function("own"), "x": rng.uniform(1, 2, (40, 50)), "drop": 0.3, "rng": Generator(seed)}
    if measure == "dropout":
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
    calls = ["mine = my_parts()", "parts = own(mine)", call]
    inputs = {"own": Function("own"), **inputs}
    return Case(f"{part}, inference", inputs, calls, outputs, kind, f"{part}_forward", square=True)


def kaiming_parts(shape, fan_in, kind=""):
    return Case(
        "kaiming_normal",
        inputs={"own": Function("own"), "shape": shape, "rng": Generator(7)},
        calls=["mine = my_parts()", "parts = own(mine)", 'weight = parts["kaiming_normal"](shape, rng)'],
        outputs=("weight",),
        kind=kind,
        part="kaiming_normal",
        measure="distribution",
        options={"shape": list(shape), "family": "normal", "std": float(np.sqrt(2 / fan_in))},
    )


def a_list():
    return ["relu_forward", "relu_backward"]


def only_relu():
    return {
        "relu_forward": lambda x: (np.maximum(x, 0), x > 0),
        "relu_backward": lambda grad_y, cache: grad_y * cache,
    }


def wrong_backward():
    return {
        "relu_forward": lambda x: (np.maximum(x, 0), x),
        "relu_backward": lambda grad_y, cache: grad_y,
    }


def adam_uncorrected():
    def adam(weight, grad, state, *, rate):
        first, second = (0 * grad, 0 * grad) if state is None else state
        first, second = 0.9 * first + 0.1 * grad, 0.999 * second + 0.001 * grad**2
        return weight - rate * first / (np.sqrt(second) + 1e-8), (first, second)

    return {"adam": adam}


def loss_summed():
    def softmax_cross_entropy(logits, labels):
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        return -np.log(p[rows, labels]).sum(), p - np.eye(p.shape[1])[labels]

    return {"softmax_cross_entropy": softmax_cross_entropy}


def dropout_unscaled():
    def dropout_forward(x, drop, rng, *, training):
        kept = rng.random(x.shape) >= drop
        return (x * kept, kept) if training else (x * (1 - drop), 1 - drop)

    return {"dropout_forward": dropout_forward, "dropout_backward": lambda grad_y, cache: grad_y * cache}


def training_ignored():
    """Forget in both parts that have two modes that there are two."""

    def spatial_batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
        y = (x - mean[:, None, None]) / np.sqrt(var + eps)[:, None, None]
        return y * scale[:, None, None] + shift[:, None, None], None, running

    def dropout_forward(x, drop, rng, *, training):
        kept = (rng.random(x.shape) >= drop) / (1 - drop)
        return x * kept, kept

    return {"spatial_batchnorm_forward": spatial_batchnorm_forward, "dropout_forward": dropout_forward}


def drawn_unseeded():
    return {"kaiming_normal": lambda shape, rng: np.random.default_rng(0).normal(0, kaiming_spread(shape), shape)}


def kaiming_spread(shape):
    return float(np.sqrt(2 / (shape[0] if len(shape) == 2 else np.prod(shape[1:]))))


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


def mine(*calls):
    return ["mine = my_parts()", "parts = own(mine)", *calls]


def parts_inputs(part, **more):
    """Return a function that draws the arguments of a part; more gives further inputs, made of the drawn ones."""

    def draw(rng):
        arguments, options = EXAMPLES[part](rng)
        inputs = {"own": Function("own"), **arguments}
        if part in GRADIENTS:
            y = my_parts()[f"{part}_forward"](**arguments, **options)[0]
            inputs["grad_y"] = rng.normal(size=y.shape)
        return inputs | {name: make(inputs) for name, make in more.items()}

    return draw


def adjoint_part(part, call, grads):
    """Say that a part which is linear in x sends gradients back by the transpose of its matrix."""
    return Property(
        "adjoint",
        title=f"{part}: the gradient of x by x is what grad_y by y is",
        part=f"{part}_backward",
        calls=mine(f'y, cache = parts["{part}_forward"]({call})', f'{grads} = parts["{part}_backward"](grad_y, cache)'),
        inputs=parts_inputs(part, **({"no_bias": lambda made: 0 * made["bias"]} if "no_bias" in call else {})),
        pairs=(("y", "grad_y"), ("x", "grad_x")),
    )


def two_generators(rng):
    seed = int(rng.integers(10**6))
    return {
        "own": Function("own"),
        "rng": Generator(seed),
        "same_rng": Generator(seed),
        "other_rng": Generator(seed + 1),
    }


KAIMING_TWICE = [
    Property(
        kind,
        title=f"kaiming_normal: generators that {how} draw {what} weights",
        part="kaiming_normal",
        calls=mine(
            'weight = parts["kaiming_normal"]((6, 5), rng)', f'weight_again = parts["kaiming_normal"]((6, 5), {which})'
        ),
        inputs=two_generators,
        left="weight",
        right="weight_again",
        **more,
    )
    for kind, how, what, which, more in (
        ("equal", "start alike", "the same", "same_rng", {}),
        ("differ", "start differently", "other", "other_rng", {"why": "though they come from two generators"}),
    )
]
RELU_BOTH_WAYS = Property(
    "combination",
    title="relu(x) - relu(-x) = x",
    part="relu_forward",
    calls=mine('y, _ = parts["relu_forward"](x)', 'y_opposite, _ = parts["relu_forward"](opposite)'),
    inputs=parts_inputs("relu", opposite=lambda made: -made["x"]),
    terms={"y": 1, "y_opposite": -1},
    right="x",
)
LEAKY_BOTH_WAYS = Property(
    "combination",
    title="leaky_relu(x) - leaky_relu(-x) = 1.25 x, for slope 0.25",
    part="leaky_relu_forward",
    calls=mine(
        'y, _ = parts["leaky_relu_forward"](x, slope=0.25)',
        'y_opposite, _ = parts["leaky_relu_forward"](opposite, slope=0.25)',
    ),
    inputs=parts_inputs("leaky_relu", opposite=lambda made: -made["x"]),
    terms={"y": 1, "y_opposite": -1, "x": -1.25},
    right=0,
)
CONV_ADJOINT = adjoint_part("conv2d", "x, weight, no_bias, stride=1, padding=1", "grad_x, _, _")
LINEAR_ADJOINT = adjoint_part("linear", "x, weight, no_bias", "grad_x, _, _")
AVGPOOL_ADJOINT = adjoint_part("avgpool2d", "x, 2, 2", "grad_x")
GLOBAL_ADJOINT = adjoint_part("global_avg_pool", "x", "grad_x")
MAXPOOL_SHARES = Property(
    "conserved",
    title="maxpool2d: all of grad_y arrives in grad_x",
    part="maxpool2d_backward",
    calls=mine('y, cache = parts["maxpool2d_forward"](x, 2, 2)', 'grad_x = parts["maxpool2d_backward"](grad_y, cache)'),
    inputs=parts_inputs("maxpool2d"),
    left="grad_x",
    right="grad_y",
)
BATCHNORM_BALANCED = Property(
    "conserved",
    title="spatial_batchnorm: moving a whole channel changes nothing, so its gradients add up to 0",
    part="spatial_batchnorm_backward",
    calls=mine(
        'y, cache, _ = parts["spatial_batchnorm_forward"](x, scale, shift, running, training=True)',
        'grad_x, _, _ = parts["spatial_batchnorm_backward"](grad_y, cache)',
    ),
    inputs=parts_inputs("spatial_batchnorm"),
    left="grad_x",
    right=0,
    axes=(0, 2, 3),
)
LOSS_BALANCED = Property(
    "conserved",
    title="softmax_cross_entropy: raising all logits of an image changes nothing, so its gradients add up to 0",
    part="softmax_cross_entropy",
    calls=mine('loss, grad_logits = parts["softmax_cross_entropy"](logits, labels)'),
    inputs=parts_inputs("softmax_cross_entropy"),
    left="grad_logits",
    right=0,
    axes=(1,),
)
COASTING = Property(
    "combination",
    title="momentum: where the gradient is 0, a step is 0.9 times the one before",
    part="momentum",
    calls=mine(
        'weight1, state = parts["momentum"](weight, grad, None, rate=0.1)',
        'weight2, state = parts["momentum"](weight1, nothing, state, rate=0.1)',
    ),
    inputs=parts_inputs("momentum", nothing=lambda made: 0 * made["grad"]),
    terms={"weight2": 1, "weight1": -1.9, "weight": 0.9},
    right=0,
)
ANY_SCALE = Property(
    "equal",
    title="adam: gradients a thousand times as large make the same first step",
    part="adam",
    calls=mine(
        'weight1, _ = parts["adam"](weight, large, None, rate=0.1)',
        'weight2, _ = parts["adam"](weight, larger, None, rate=0.1)',
    ),
    inputs=parts_inputs(
        "adam",
        large=lambda made: made["grad"] + np.sign(made["grad"]),
        larger=lambda made: 1000 * (made["grad"] + np.sign(made["grad"])),
    ),
    left="weight1",
    right="weight2",
)

OWN = Exercise(
    id="my_parts",
    points=5,
    functions={"my_parts": my_parts},
    subject=("my_parts",),
    cases=[
        *(parts_case(part, seed) for part in EXAMPLES for seed in (1, 2)),
        parts_case("conv2d", 3, stride=2, padding=0),
        dropout_parts(3, "dropout"),
        dropout_parts(4, "same_mask"),
        *(inference_parts(part, seed) for part in ("dropout", "spatial_batchnorm") for seed in (5, 6)),
        kaiming_parts((60, 30), 60),
        kaiming_parts((40, 20, 3, 5), 300),
    ],
    hidden=lambda rng: [
        *(parts_case(part, int(rng.integers(10**6)), f"another call of {part}") for part in EXAMPLES),
        parts_case("conv2d", int(rng.integers(10**6)), "another stride", stride=2),
        dropout_parts(int(rng.integers(10**6)), "dropout", "another call of dropout"),
        dropout_parts(int(rng.integers(10**6)), "same_mask", "another call of dropout"),
        *(
            inference_parts(part, int(rng.integers(10**6)), "inference mode")
            for part in ("dropout", "spatial_batchnorm")
        ),
        kaiming_parts((30, 10, 5, 3), 150, "another shape"),
    ],
    properties=[
        RELU_BOTH_WAYS,
        CONV_ADJOINT,
        AVGPOOL_ADJOINT,
        MAXPOOL_SHARES,
        BATCHNORM_BALANCED,
        LOSS_BALANCED,
        COASTING,
        *KAIMING_TWICE,
    ],
    hidden_properties=[
        RELU_BOTH_WAYS.drawn("relu of x and of -x"),
        LEAKY_BOTH_WAYS.drawn("leaky_relu of x and of -x"),
        CONV_ADJOINT.drawn("the transpose of conv2d"),
        LINEAR_ADJOINT.drawn("the transpose of linear"),
        AVGPOOL_ADJOINT.drawn("the transpose of avgpool2d"),
        GLOBAL_ADJOINT.drawn("the transpose of global_avg_pool"),
        BATCHNORM_BALANCED.drawn("gradients of batch norm"),
        ANY_SCALE.drawn("adam with large gradients"),
        *(item.drawn("two draws of kaiming_normal") for item in KAIMING_TWICE),
    ],
    parts=dict.fromkeys(NAMES, 1.0),
    mutants=[
        Mutant(
            "a_list",
            {"my_parts": a_list},
            'Return a dict from names to functions, such as {"relu_forward": relu_forward}.',
        ),
        Mutant("only_relu", {"my_parts": only_relu}, "ReLU is there; the others are still to be added."),
        Mutant("wrong_backward", {"my_parts": wrong_backward}, "relu_forward is right, its backward pass is not."),
        Mutant("adam_uncorrected", {"my_parts": adam_uncorrected}, "Adam divides both averages by 1 - beta**t."),
        Mutant("loss_summed", {"my_parts": loss_summed}, "The loss and its gradient are means over the batch."),
        Mutant(
            "dropout_unscaled",
            {"my_parts": dropout_unscaled},
            "What dropout lets through is divided by 1 - drop while training, and passes unchanged afterwards.",
        ),
        Mutant(
            "training_ignored",
            {"my_parts": training_ignored},
            "With training=False batch norm uses the running statistics and keeps them as they are, and dropout drops "
            "nothing.",
        ),
        Mutant("drawn_unseeded", {"my_parts": drawn_unseeded}, "kaiming_normal draws from the rng that it is given."),
    ],
    alternatives=[
        Alternative("written anew", {"my_parts": written_anew}),
        Alternative("with products", {"my_parts": written_with_products}),
    ],
    hints=["Paste functions from your earlier notebooks into the cell above, then name them in the dict."],
)

# --- bug hunt and questions -----------------------------------------------------------------------------------------


def hunt_accuracy(answers, labels, batch):
    right = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        right += np.sum(answers[rows] == labels[rows])
    return float(right / len(labels))


def hunt_weighted(answers, labels, batch):
    starts = range(0, len(labels), batch)
    shares = [np.mean(answers[start : start + batch] == labels[start : start + batch]) for start in starts]
    return float(np.average(shares, weights=[min(batch, len(labels) - start) for start in starts]))


def hunt_at_once(answers, labels, batch):
    return np.mean(answers == labels)


def mean_of_means(answers, labels, batch):
    starts = range(0, len(labels), batch)
    return float(np.mean([np.mean(answers[i : i + batch] == labels[i : i + batch]) for i in starts]))


def last_left_out(answers, labels, batch):
    whole = max(len(labels) // batch, 1) * batch
    return float(np.mean(answers[:whole] == labels[:whole]))


def all_counted_as_full(answers, labels, batch):
    return float(np.sum(answers == labels) / (-(-len(labels) // batch) * batch))


def wrong_ones(answers, labels, batch):
    wrong = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        wrong += np.sum(answers[rows] != labels[rows])
    return float(wrong / len(labels))


def not_divided(answers, labels, batch):
    right = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        right += np.sum(answers[rows] == labels[rows])
    return float(right)


def last_alone(answers, labels, batch):
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        found = np.mean(answers[rows] == labels[rows])
    return float(found)


def hunt_inputs(rng):
    """Draw answers of which the first and the second part are not equally good."""
    labels = rng.integers(4, size=29)
    answers = np.where(rng.random(29) < np.repeat([0.9, 0.3], [18, 11]), labels, (labels + 1) % 4)
    order = rng.permutation(29)
    return {
        "answers": answers,
        "labels": labels,
        "answers_mixed": answers[order],
        "labels_mixed": labels[order],
        "answers1": answers[:18],
        "labels1": labels[:18],
        "answers2": answers[18:],
        "labels2": labels[18:],
    }


OTHER_BATCHES = Property(
    "equal",
    title="the size of the batches makes no difference",
    calls=["in_fours = hunt_accuracy(answers, labels, 4)", "in_tens = hunt_accuracy(answers, labels, 10)"],
    inputs=hunt_inputs,
    left="in_fours",
    right="in_tens",
)
TWO_PILES = Property(
    "combination",
    title="18 answers and 11 answers, weighed by their number, make the accuracy of all 29",
    calls=[
        "whole = hunt_accuracy(answers, labels, 7)",
        "first = hunt_accuracy(answers1, labels1, 7)",
        "second = hunt_accuracy(answers2, labels2, 7)",
    ],
    inputs=hunt_inputs,
    terms={"whole": 29, "first": -18, "second": -11},
    right=0,
)
MIXED_ANSWERS = Property(
    "equal",
    title="the order of the answers makes no difference",
    calls=[
        "accuracy = hunt_accuracy(answers, labels, 8)",
        "accuracy_mixed = hunt_accuracy(answers_mixed, labels_mixed, 8)",
    ],
    inputs=hunt_inputs,
    left="accuracy",
    right="accuracy_mixed",
)


def hunt_case(name, seed, count, batch, share, kind=""):
    """Answers of which about this share is right, and hardly any of the last few."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(5, size=count)
    chance = np.where(np.arange(count) < count - count % batch, share, 0.1)
    answers = np.where(rng.random(count) < chance, labels, (labels + 1) % 5)
    inputs = {"answers": answers, "labels": labels, "batch": batch}
    return Case(name, inputs, ["accuracy = hunt_accuracy(answers, labels, batch)"], ("accuracy",), kind)


HUNT = Exercise(
    id="hunt_accuracy",
    points=0,
    functions={"hunt_accuracy": hunt_accuracy},
    subject=("hunt_accuracy",),
    cases=[
        hunt_case("24 in batches of 8", 1, 24, 8, 0.7),
        hunt_case("10 in batches of 4", 2, 10, 4, 0.8),
        hunt_case("35 in batches of 16", 3, 35, 16, 0.9),
        hunt_case("fewer than a batch", 4, 7, 10, 0.6),
    ],
    hidden=lambda rng: [
        hunt_case("odd", int(rng.integers(10**6)), 101, int(rng.integers(9, 40)), 0.8, "odd sizes"),
        hunt_case("one", int(rng.integers(10**6)), 17, 1, 0.5, "batches of one"),
        hunt_case("many", int(rng.integers(10**6)), 67, 64, 0.9, "a small last batch"),
    ],
    properties=[OTHER_BATCHES, MIXED_ANSWERS],
    hidden_properties=[OTHER_BATCHES.drawn("batches of two sizes"), TWO_PILES.drawn("two piles of answers")],
    mutants=[
        Mutant("as_shipped", mean_of_means, "The last batch may be smaller, and its mean weighs as much as any other."),
        Mutant("last_left_out", last_left_out, "The images of the last, smaller batch are not looked at."),
        Mutant("all_full", all_counted_as_full, "You divide by full batches, and the last one has fewer images."),
        Mutant(
            "not_divided", not_divided, "You count the right answers. Divide once, at the end, by how many there are."
        ),
        Mutant("wrong_ones", wrong_ones, "You count the wrong answers: the accuracy is the fraction of right ones."),
        Mutant("last_alone", last_alone, "Only the last batch is left at the end: add up over all of them."),
    ],
    alternatives=[
        Alternative("weighted", hunt_weighted),
        Alternative("at once", hunt_at_once),
    ],
    hints=[
        "Try ten answers in batches of four, and count by hand.",
        "How much does one image of the last batch weigh, and how much one of the first?",
        "Count what is right, and divide once, at the end.",
    ],
)

QUIZZES = [
    Quiz(
        id="quiz_1",
        points=0,
        question="The training loss is low, the accuracy is 95 % in training mode and 17 % in inference mode. Where do "
        "you look first?",
        choices={
            "a": "At the rate: it was too large.",
            "b": "At the running statistics of batch norm.",
            "c": "At the test images: they are harder.",
            "d": "At the weights of the last layer.",
        },
        right="b",
        because={
            "a": "With too large a rate the loss would not be low. And the same weights are right in one mode.",
            "b": "Yes: only batch norm and dropout differ between the modes, and dropout does no such harm. Print the "
            "running mean and variance of every BN layer beside those of a batch.",
            "c": "Both numbers are of the same images. What differs is the mode.",
            "d": "They are the same in both modes, and right in one of them.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=0,
        question="A network trained on shapes with a colour for each kind reaches 100 %. What does it reach when "
        "colours are random?",
        choices={
            "a": "The same: it has learned the forms.",
            "b": "About chance: it has learned the colours, which are easier.",
            "c": "A little less, for it has never seen these colours.",
        },
        right="b",
        because={
            "a": "Nothing made it learn the forms: the colour says everything, and it is found first. Try it.",
            "b": "Yes: 100 % with the cue and some 23 % without, where chance is 17 %. A network takes the easiest way "
            "that the data leave open. Make data in which the cue is gone before you trust a number.",
            "c": "The colours are the same, only spread over all kinds. What it has learned is now wrong.",
        },
    ),
    Quiz(
        id="quiz_3",
        points=0,
        question="For which data set is flipping from left to right a mistake?",
        choices={
            "a": "CIFAR-10: a car seen from its other side is no car.",
            "b": "Handwritten digits: a mirrored 2 is no digit.",
            "c": "For none: more data is always better.",
        },
        right="b",
        because={
            "a": "A car that drives to the left is a car. There flips help.",
            "b": "Yes: a change of the image is free data only if it leaves the label as it is.",
            "c": "Images with wrong labels are not more data, they are noise.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="capstone",
    number=10,
    title="Capstone: a network of your own parts",
    exercises=[EXPAND, BUILD, STEP, EVALUATE, TRAIN, OWN, HUNT, *QUIZZES],
    given=[
        Given({"build_cnn": build_from_table}, used_by=["train_cnn"]),
        Given({"train_step": step_within}, used_by=["train_cnn"]),
        Given({"evaluate": evaluate_in_batches}, used_by=["train_cnn"]),
    ],
)
