"""Assignment 10: what each check asks, which wrong answers it knows, and which right ones it must accept.

A trained network is judged by what it does on images that it has never seen, outside the student's process.
"""

import numpy as np
from given_network import NAMES, given_parts

from classroom.data import shapes
from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Function, Generator, Mutant, Property
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
        """,
    ),
    alternatives=[Alternative("from a table", {"build_cnn": build_from_table})],
    hints=[
        "Carry the shape (depth, height, breadth) along while you walk through the words.",
        "CONV sets the depth to its filters; POOL halves height and breadth and doubles `channels`; GAP leaves 1 by 1.",
        "fan_in is 9 times the depth for CONV, depth times height times breadth for FC.",
    ],
)

# --- train_step and evaluate ----------------------------------------------------------------------------------------

PARTS = {"given_parts": Function("given_parts")}


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


def step_case(name, pattern, in_shape, seed, steps=1, kind="", part=None, outputs=None):
    rng = np.random.default_rng(seed)
    calls, last = ["parts = given_parts()"], "layers"
    for step in range(1, steps + 1):
        calls.append(f"layers{step}, loss{step} = train_step({last}, parts, x, labels, rate, rng)")
        last = f"layers{step}"
    made = {"layers": network(rng, pattern, in_shape, 3), **images(rng, 7, in_shape, 3)}
    inputs = {**PARTS, **made, "rate": float(rng.uniform(0.05, 0.2)), "rng": Generator(seed)}
    share = {last: "layers", f"loss{steps}": "loss"}
    return Case(name, inputs, calls, tuple(share), kind, share, square=True)  # all kernels are 3 by 3


STEP = Exercise(
    id="train_step",
    points=10,
    functions={"train_step": train_step},
    subject=("train_step",),
    parts={"layers": 8, "loss": 2},
    cases=[
        step_case("one linear layer", "SOFTMAX", (2, 3, 2), 1),
        step_case("a small network", "CONV-RELU-POOL-FC-RELU-SOFTMAX", (2, 6, 5), 2),
        step_case("batch norm", "CONV-BN-RELU-AVGPOOL-SOFTMAX", (2, 5, 6), 3),
        step_case("batch norm twice", "[CONV-BN-LRELU]*2-GAP-SOFTMAX", (1, 4, 5), 4),
        step_case("dropout", "CONV-RELU-DROPOUT-SOFTMAX", (2, 4, 3), 5),
        step_case("dropout and pooling", "CONV-POOL-DROPOUT-FC-LRELU-SOFTMAX", (2, 4, 6), 6),
        step_case("two steps", "CONV-BN-RELU-POOL-SOFTMAX", (2, 4, 5), 7, 2),
        step_case("three steps", "FC-RELU-SOFTMAX", (1, 3, 2), 8, 3),
    ],
    hidden=lambda rng: [
        step_case("odd", "[CONV-BN-RELU-POOL]*2-SOFTMAX", (3, 9, 7), int(rng.integers(10**6)), kind="odd shapes"),
        step_case(
            "deep",
            "[CONV-BN-LRELU]*3-GAP-FC-DROPOUT-SOFTMAX",
            (2, 5, 4),
            int(rng.integers(10**6)),
            2,
            "a deeper network",
        ),
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
        """,
    ),
    alternatives=[],
    hints=[
        "Walk forward through the layers and keep each cache; walk back through them with the gradient of the logits.",
        "The order of the backward pass of a layer with weights: gradient of x first, then one for each array.",
        "Make a new dict with layer | {...}; a layer that you got must stay as it was.",
    ],
)


def evaluate_case(name, pattern, in_shape, seed, kind=""):
    rng = np.random.default_rng(seed)
    inputs = {**PARTS, "layers": network(rng, pattern, in_shape, 3), **images(rng, 41, in_shape, 3)}
    calls = ["parts = given_parts()", "accuracy = evaluate(layers, parts, x, labels)"]
    logits = np.array([evaluate(inputs["layers"], given_parts(), inputs["x"], np.full(41, k)) for k in range(3)])
    assert logits.max() < 0.95, f"{name}: one class wins everywhere, which hides mistakes"
    return Case(name, inputs, calls, ("accuracy",), kind, square=True)


def fair_evaluate_case(name, pattern, in_shape, seed, kind):
    """Take the next seed at which the network does not give one class to all."""
    while True:
        try:
            return evaluate_case(name, pattern, in_shape, seed, kind)
        except AssertionError:
            seed += 1


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
    mutants=slips(
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
    alternatives=[],
    hints=[
        "The same walk forward as in train_step, with training=False for batch norm and dropout.",
        "The answer for an image is the place of its largest logit: argmax along axis 1.",
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
    layers = build_cnn(words, images.shape[1:], 6, rng, 8)
    state = {}

    def adam(weight, grad, key, *, rate):
        weight, state[key or len(state)] = parts["adam"](weight, grad, state.get(key), rate=rate)
        return weight, key or len(state) - 1

    for _ in range(8):
        order = rng.permutation(len(images))
        for start in range(0, len(images), 25):
            rows = order[start : start + 25]
            layers, _ = train_step(layers, parts | {"momentum": adam}, images[rows], labels[rows], 0.003, rng)
    return layers


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


TRAIN = Exercise(
    id="train_cnn",
    points=20,
    functions={"train_cnn": train_cnn, "train_step": train_step, "build_cnn": build_cnn},
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
    alternatives=[Alternative("with Adam", {"train_cnn": train_with_adam})],
    hints=[
        "Start with [CONV-BN-RELU-POOL]*2-FC-RELU-SOFTMAX, batches of 32, a rate of 0.02 and ten epochs.",
        "Shuffle anew in every epoch: order = rng.permutation(len(images)); then images[order[start:start + 32]].",
        "Let the rate fall to 0 along a cosine, and flip half of the batches from left to right.",
    ],
)

# --- your parts -----------------------------------------------------------------------------------------------------


def parts_case(part, seed, kind=""):
    """Calls of one part of the dict, or of a forward pass and its backward pass."""
    rng = np.random.default_rng(seed)
    arguments, options = EXAMPLES[part](rng)
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


OWN = Exercise(
    id="my_parts",
    points=5,
    functions={"my_parts": my_parts},
    subject=("my_parts",),
    cases=[
        *(parts_case(part, seed) for part in EXAMPLES for seed in (1, 2)),
        dropout_parts(3, "dropout"),
        dropout_parts(4, "same_mask"),
        kaiming_parts((60, 30), 60),
        kaiming_parts((40, 20, 3, 5), 300),
    ],
    hidden=lambda rng: [
        *(parts_case(part, int(rng.integers(10**6)), f"another call of {part}") for part in EXAMPLES),
        dropout_parts(int(rng.integers(10**6)), "dropout", "another call of dropout"),
        dropout_parts(int(rng.integers(10**6)), "same_mask", "another call of dropout"),
        kaiming_parts((30, 10, 5, 3), 150, "another shape"),
    ],
    parts=dict.fromkeys(NAMES, 1.0),
    mutants=[
        Mutant("a_list", {"my_parts": a_list}, "Return a dict from names to functions, not the names alone."),
        Mutant("only_relu", {"my_parts": only_relu}, "ReLU is there; the others are still to be added."),
        Mutant("wrong_backward", {"my_parts": wrong_backward}, "relu_forward is right, its backward pass is not."),
        Mutant("adam_uncorrected", {"my_parts": adam_uncorrected}, "Adam divides both averages by 1 - beta**t."),
        Mutant("loss_summed", {"my_parts": loss_summed}, "The loss and its gradient are means over the batch."),
        Mutant(
            "dropout_unscaled",
            {"my_parts": dropout_unscaled},
            "What dropout lets through is divided by 1 - drop while training, and passes unchanged afterwards.",
        ),
    ],
    hints=["Paste functions from your earlier notebooks into the cell above, then name them in the dict."],
)

ASSIGNMENT = Assignment(
    name="capstone",
    number=10,
    title="Capstone: a network of your own parts",
    exercises=[EXPAND, BUILD, STEP, EVALUATE, TRAIN, OWN],
)
