"""An evaluation."""

from functools import reduce

import numpy as np
from given_network import given_parts

from classroom.staff.declare.exercise import Case, Mutant, exercise_of, identity, textual_mutants
from solutions.capstone import evaluate

from .networks import OTHER_PARTS, PARTS, images, network


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


def evaluate_case(name, pattern, in_shape, seed, kind="", parts=PARTS, count=41):
    rng = np.random.default_rng(seed)
    inputs = {**parts, "layers": network(rng, pattern, in_shape, 3), **images(rng, count, in_shape, 3)}
    calls = ["parts = given_parts()", "accuracy = evaluate(layers, parts, x, labels)"]
    logits = np.array([evaluate(inputs["layers"], given_parts(), inputs["x"], np.full(count, k)) for k in range(3)])
    assert logits.max() < 0.95, f"{name}: one class wins everywhere, which hides mistakes"
    return Case(name, inputs, calls, ("accuracy",), kind, square=True)


def fair_evaluate_case(name, pattern, in_shape, seed, kind, parts=PARTS, count=41):
    """Take the next seed at which the network does not give one class to all."""
    while True:
        try:
            return evaluate_case(name, pattern, in_shape, seed, kind, parts, count)
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
IN_HALVES = identity(
    "15 images and 26 images, weighed by their number, make the accuracy of all 41",
    *evaluated(whole=WHOLE, first=("layers", "x1", "labels1"), second=("layers", "x2", "labels2")),
    "41 * whole - 15 * first - 26 * second == 0",
    inputs=evaluate_inputs,
)
ONE_ANSWER = identity(
    "an image has one answer, so the accuracies for the labels 0, 1 and 2 add up to 1",
    *evaluated(**{f"said_{k}": ("layers", "x", f"all_{k}") for k in range(3)}),
    "said_0 + said_1 + said_2 == 1",
    inputs=evaluate_inputs,
)
MIXED = identity(
    "the order of the images makes no difference",
    *evaluated(accuracy=WHOLE, accuracy_mixed=("layers", "x_mixed", "labels_mixed")),
    "accuracy == accuracy_mixed",
    inputs=evaluate_inputs,
)
EVALUATE = exercise_of(
    evaluate,
    points=5,
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
        # Whoever goes batch by batch has several, and a smaller one at the end.
        fair_evaluate_case("many", "SOFTMAX", (1, 2, 3), int(rng.integers(10**6)), "many images", count=1337),
    ],
    properties=[IN_HALVES, ONE_ANSWER],
    hidden_properties=[
        MIXED.drawn("images in another order"),
        IN_HALVES.drawn("images in two halves"),
        ONE_ANSWER.drawn("the same label for all images"),
    ],
    mutants=[
        *textual_mutants(
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
    alternatives=[evaluate_one_by_one, evaluate_in_batches],
    hints="""
    The same walk forward as in train_step, with training=False for batch norm and dropout.
    The answer for an image is the place of its largest logit: argmax along axis 1.
    If you go batch by batch, count what is right, and divide once, at the end.
    """,
)
