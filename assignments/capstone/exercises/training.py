"""Training, judged by the accuracy of what comes out."""

import numpy as np

from classroom.data import shapes
from classroom.staff.declare.exercise import Case, CpuSeconds, Generator, Mutant, NetworkAccuracy, exercise_of, identity
from solutions.capstone import build_cnn, train_cnn, train_step

from .networks import PARTS

NEW_IMAGES = "new images"
SEEN = 4  # the forms of the check at home
# Steps between what a network made for other forms has reached and what training on the images given does
# (bench/foreign_weights.md).  Who draws weights from rng is repeatable without any training: that part asks for it too.
LEAST = 0.8
THRESHOLDS = {"80 % right": LEAST, "85 % right": 0.85, "90 % right": 0.9, "repeatable": LEAST}


def training_case(name, count, seed, kinds, thresholds, kind="", test=2):
    """Six forms that are drawn, numbered in an order that is drawn: weights from elsewhere are no use."""
    data, numbers = shapes(count, seed=seed, kinds=kinds), np.random.default_rng(seed).permutation(6)
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
        measure=NetworkAccuracy(count=400, seed=test, numbers=numbers, thresholds=thresholds, kinds=kinds),
        budget=CpuSeconds(60.0),
        square=True,
    )


def train_with_adam(images, labels, parts, rng):
    words = [*2 * ["CONV", "BN", "RELU", "POOL"], "CONV", "BN", "RELU", "GAP", "SOFTMAX"]
    layers, parts = build_cnn(words, images.shape[1:], 6, rng, 8), parts | {"momentum": parts["adam"]}
    for layer in layers:
        for name in layer.keys() - {"kind"}:
            layer[name] = np.float32(layer[name])
    epochs = 12
    for epoch in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), 25):
            rows = order[start : start + 25]
            x = np.float32(images[rows][..., :: rng.choice([-1, 1])])
            left = 1 - (epoch + start / len(images)) / epochs
            layers, _ = train_step(layers, parts, x, labels[rows], 0.008 * left, rng)
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
    running, speeds, epochs = [None] * 3, {}, 14

    def move(key, layer, rate, grads):
        for name, grad in grads.items():
            old = speeds.get((key, name))
            layer[name], speeds[key, name] = parts["momentum"](layer[name], grad, old, rate=rate)

    for epoch in range(epochs):
        batches = np.array_split(rng.permutation(len(images)), max(1, len(images) // 30))
        for step, rows in enumerate(batches):
            rate = 0.1 * (1 - (epoch + step / len(batches)) / epochs)
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


def small_network(images, labels, rng, pattern="CONV BN RELU POOL POOL SOFTMAX"):
    return build_cnn(pattern.split(), images.shape[1:], int(labels.max()) + 1, rng, 4)


def trained_once(layers, images, labels, parts, rng, rate):
    """Go through all images once, in the order in which they came."""
    for start in range(0, len(images) - 40, 40):
        rows = slice(start, start + 40)
        layers, _ = train_step(layers, parts, images[rows], labels[rows], rate, rng)
    return layers


def untrained(images, labels, parts, rng):
    return small_network(images, labels, rng, "CONV BN RELU POOL CONV BN RELU POOL CONV BN RELU GAP SOFTMAX")


def first_batch_only(images, labels, parts, rng):
    layers = small_network(images, labels, rng)
    for _ in range(20):
        layers, _ = train_step(layers, parts, images[:20], labels[:20], 0.02, rng)
    return layers


def other_labels(images, labels, parts, rng):
    layers = small_network(images, labels, rng)
    for start in range(0, len(images) - 40, 40):
        rows = rng.permutation(len(images))[:40]
        layers, _ = train_step(layers, parts, images[rows], labels[start : start + 40], 0.02, rng)
    return layers


def far_too_fast(images, labels, parts, rng):
    layers = small_network(images, labels, rng, "CONV RELU POOL POOL SOFTMAX")
    return trained_once(layers, images, labels, parts, rng, 1e4)


def no_statistics(images, labels, parts, rng):
    layers = trained_once(small_network(images, labels, rng), images, labels, parts, rng, 0.02)
    return [layer | {"mean": 9 + 0 * layer["mean"]} if layer["kind"] == "BN" else layer for layer in layers]


def few_images(rng):
    """Draw as few images as train_cnn must be able to do with, and generators of which two start alike."""
    data, seed = shapes(12, seed=int(rng.integers(10**6))), int(rng.integers(10**6))
    generators = {"rng": Generator(seed), "same_rng": Generator(seed), "other_rng": Generator(seed + 1)}
    return {**PARTS, "images": data.images, "labels": data.labels, **generators}


TRAINED = ["parts = given_parts()", "layers = train_cnn(images, labels, parts, rng)"]

DRAWN = identity(
    "everything that is random comes from rng",
    *TRAINED,
    "other_layers = train_cnn(images, labels, parts, other_rng)",
    "layers != other_layers",
    inputs=few_images,
    part="repeatable",
    why="though they come from two generators",
)
TRAIN = exercise_of(
    train_cnn,
    points=20,
    parts=dict.fromkeys(THRESHOLDS, 5),
    cases=[training_case("600 images", 600, 1, SEEN, THRESHOLDS, NEW_IMAGES)],
    hidden=lambda rng: [
        training_case(
            "many",
            600,
            int(rng.integers(10**6)),
            int(rng.integers(2**40)),
            THRESHOLDS,
            NEW_IMAGES,
            int(rng.integers(2**40)),
        )
    ],
    shows_all=True,
    properties=[
        identity(
            "the same images and the same draws train the same network",
            *TRAINED,
            "layers_again = train_cnn(images, labels, parts, same_rng)",
            "layers == layers_again",
            inputs=few_images,
            part="repeatable",
            limit=1e-4,
            hidden="the same images and draws once more",
        ),
        DRAWN,
    ],
    mutants=[
        Mutant(
            "untrained", untrained, "The network that comes back has not been trained: return what train_step returns."
        ),
        Mutant(
            "one_batch",
            first_batch_only,
            "Only a few images are used: go through all of them, in a new order each epoch.",
        ),
        Mutant("other_labels", other_labels, "Images and labels do not belong together: use the same rows of both."),
        Mutant("too_fast", far_too_fast, "The rate is far too large: the loss grows from step to step."),
        Mutant(
            "strange_statistics", no_statistics, "The running statistics of batch norm are not those of the images."
        ),
    ],
    alternatives=[train_with_adam, train_by_hand],
    hints="""
    Start with [CONV-BN-RELU-POOL]*2-FC-RELU-SOFTMAX, batches of 32, a rate of 0.05 and twelve epochs.
    Shuffle anew in every epoch: order = rng.permutation(len(images)); then images[order[start:start + 32]].
    Let the rate fall to 0 along a cosine, in every step a little, and flip half of the batches from left to right.
    """,
)
