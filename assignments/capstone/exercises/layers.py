"""The layers of a network."""

import numpy as np

from classroom.staff.declare.exercise import Case, Generator, NetworkLayers, exercise_of, identity
from solutions.capstone import build_cnn
from solutions.network import expand_pattern


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
        measure=NetworkLayers(layers=plan(expand_pattern(pattern), in_shape, classes, channels, width)),
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


DEFAULTS = identity(
    "without a word about them there are 16 filters and 64 outputs",
    "layers = build_cnn(words, (2, 6, 5), 3, rng)",
    "layers_told = build_cnn(words, (2, 6, 5), 3, same_rng, 16, 64)",
    "layers == layers_told",
    inputs=build_inputs,
)
BUILD = exercise_of(
    build_cnn,
    points=6,
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
        build_case(
            "beside each other",
            "POOL-CONV-AVGPOOL-POOL-CONV-GAP-SOFTMAX",
            (2, 17, 19),
            4,
            int(rng.integers(3, 6)),
            8,
            8,
            "poolings one behind the other, and before a convolution",
        ),
        # So many weights that a spread 5 % off cannot be chance.
        build_case(
            "wide", "CONV-CONV-GAP-FC-SOFTMAX", (20, 2, 3), 90, int(rng.integers(90, 100)), 150, 9, "a wide network"
        ),
    ],
    properties=[
        identity(
            "generators that start alike draw the same network",
            f"layers = {BUILT.format('rng')}",
            f"layers_again = {BUILT.format('same_rng')}",
            "layers == layers_again",
            inputs=build_inputs,
            hidden="two networks of one draw",
        ),
        identity(
            "every weight is drawn from rng",
            f"layers = {BUILT.format('rng')}",
            f"other_layers = {BUILT.format('other_rng')}",
            "layers != other_layers",
            inputs=build_inputs,
            why="though they come from two generators",
            hidden="networks of two generators",
        ),
        DEFAULTS,
        *[
            identity(
                f"a {word} alone is drawn from rng",
                f"layers = build_cnn(['{word}'], (2, 3, 4), 3, rng)",
                f"other_layers = build_cnn(['{word}'], (2, 3, 4), 3, other_rng)",
                "layers != other_layers",
                inputs=build_inputs,
                why="though they come from two generators",
            )
            for word in ("CONV", "FC", "SOFTMAX")
        ],
        identity(
            "two layers of one network are drawn one after the other",
            "one, other = build_cnn(['FC', 'FC'], (5, 1, 1), 3, rng, 4, 5)",
            "one != other",
            inputs=build_inputs,
            why="though the second is drawn after the first",
        ),
    ],
    mutants="""
    channels_not_doubled: breadth // 2, 2 * channels => breadth // 2, channels
        Each pooling doubles the filters of the convolutions after it.
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
        SOFTMAX stands for the last linear layer: it has one output for each class.
    shift_of_one: "shift": np.zeros(depth) => "shift": np.ones(depth)
        The shift of batch norm starts at 0.
    variance_of_zero: "var": np.ones(depth) => "var": np.zeros(depth)
        The running variance starts at 1.
    pooling_forgotten: height, breadth, channels = height // 2, breadth // 2, 2 * channels 
            => channels = 2 * channels
        Pooling halves height and width: a linear layer after it has fewer inputs.
    other_defaults: channels: int = 16 => channels: int = 32
        Without a word about it, channels is 16 and width 64, as in the first line of the stub.
    own_generator: (depth, height, breadth), layers = in_shape, []
            => (depth, height, breadth), layers, rng = in_shape, [], np.random.default_rng(0)
        You draw from a generator of your own, so every network has the same weights. Draw from rng.
    """,
    alternatives=[build_from_table, build_by_makers],
    hints="""
    Carry the shape (depth, height, breadth) along while you walk through the words.
    CONV sets the depth to its filters; POOL halves height and breadth and doubles `channels`; GAP leaves 1 by 1.
    fan_in is 9 times the depth for CONV, depth times height times breadth for FC.
    """,
)
