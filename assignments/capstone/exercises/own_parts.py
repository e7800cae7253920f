"""The parts of the student's own."""

import numpy as np
from given_network import NAMES

from classroom.staff.declare.exercise import Dropout, Mutant, SameMask, exercise_of
from solutions.capstone import my_parts

from .part_alternatives import written_anew, written_with_products
from .part_cases import EXAMPLES, dropout_parts, inference_parts, kaiming_parts, parts_case
from .part_identities import (
    ANY_SCALE,
    AVGPOOL_ADJOINT,
    BATCHNORM_BALANCED,
    COASTING,
    CONV_ADJOINT,
    GLOBAL_ADJOINT,
    KAIMING_TWICE,
    LEAKY_BOTH_WAYS,
    LINEAR_ADJOINT,
    LOSS_BALANCED,
    MAXPOOL_SHARES,
    RELU_BOTH_WAYS,
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


OWN = exercise_of(
    my_parts,
    points=5,
    cases=[
        *(parts_case(part, seed) for part in EXAMPLES for seed in (1, 2)),
        parts_case("conv2d", 3, stride=2, padding=0),
        dropout_parts(3, Dropout()),
        dropout_parts(4, SameMask()),
        *(inference_parts(part, seed) for part in ("dropout", "spatial_batchnorm") for seed in (5, 6)),
        kaiming_parts((60, 30), 60),
        kaiming_parts((40, 20, 3, 5), 300),
    ],
    hidden=lambda rng: [
        *(parts_case(part, int(rng.integers(10**6)), f"another call of {part}") for part in EXAMPLES),
        parts_case("conv2d", int(rng.integers(10**6)), "another stride", stride=2),
        dropout_parts(int(rng.integers(10**6)), Dropout(), "another call of dropout"),
        dropout_parts(int(rng.integers(10**6)), SameMask(), "another call of dropout"),
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
    alternatives=[written_anew, written_with_products],
    hints="""
    Paste functions from your earlier notebooks into the cell above, then name them in the dict.
    """,
)
