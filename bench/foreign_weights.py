"""What weights that were trained elsewhere are worth in the capstone: python bench/foreign_weights.py

Foreign weights are trained at home on the forms of other classes, one or several; their outputs are then matched with
the labels of the images given as well as any matching can, and of several networks the one is taken that fits best.
One attack more looks for the class's colours in the images given, and turns a network to them that was made for many
forms; and one fits the last layer anew.  Trained ones are the course's own training on the images of classes as they
are drawn: no class is left out.
"""

import argparse
import datetime as dt
import importlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classroom.data import Data, shapes
from classroom.forms import Forms
from classroom.judge.network_accuracy import outputs
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declaring_module

HERE = Path(__file__).resolve().parent
CAPSTONE = HERE.parent / "assignments/capstone"
HOMES: Mapping[str, Sequence[int]] = {
    "one class": [11],
    "another class": [12],
    "four classes": [21, 22, 23, 24],
    "eight classes": [*range(31, 39)],
    "sixteen classes": [*range(41, 57)],
}
FAMILIAR = [*range(61, 69)]  # classes whose forms are shown in one mixture of colours
IMAGES = 400  # of each class, at home
FIRST, NEXT = 5000, 7000  # the first class of those that are attacked, and of those that are trained for

Layers = list[dict[str, Any]]


def foreign(train_cnn: Callable[..., Layers], parts: Mapping[str, Any], kinds: Sequence[int]) -> Layers:
    """Train one network on the forms of several classes, all told apart."""
    sets = [shapes(IMAGES, seed=kind, kinds=kind) for kind in kinds]
    return _on(train_cnn, parts, [data.images for data in sets], [data.labels for data in sets])


def familiar(train_cnn: Callable[..., Layers], parts: Mapping[str, Any]) -> Layers:
    """Train one network on many forms that red alone shows: its first layer can be turned to any other colour."""
    rng, images, labels = np.random.default_rng(FAMILIAR[0]), [], []
    for kind in FAMILIAR:
        labels.append(rng.permutation(np.arange(IMAGES) % 6))
        forms = Forms(Forms.draw(kind).contours, np.eye(3))
        seen = forms.images(labels[-1], 16, 0.2, rng)
        images.append(np.float32(np.clip(seen + 0.05 * rng.standard_normal(seen.shape), 0, 1)))
    return _on(train_cnn, parts, images, labels)


def _on(
    train_cnn: Callable[..., Layers],
    parts: Mapping[str, Any],
    images: Sequence[np.ndarray],
    labels: Sequence[np.ndarray],
) -> Layers:
    numbered = np.concatenate([6 * place + some for place, some in enumerate(labels)])
    return train_cnn(np.concatenate(images), numbered, parts, np.random.default_rng(0))


def matched(layers: Layers, given: Data, new: Data) -> tuple[float, float]:
    """Give each output the label that it met most often on the images given; return the accuracy there and on new ones.

    Several outputs may have one label, so no order of outputs does better.
    """
    said = outputs(layers, given.images).argmax(axis=1)
    met = np.zeros((max(int(said.max()) + 1, len(layers[-1]["bias"])), 6))
    np.add.at(met, (said, given.labels), 1)
    label = met.argmax(axis=1)
    right = label[outputs(layers, new.images).argmax(axis=1)] == new.labels
    return float((label[said] == given.labels).mean()), float(right.mean())


def _accuracy(layers: Layers, data: Data) -> float:
    return float((outputs(layers, data.images).argmax(axis=1) == data.labels).mean())


def turned(layers: Layers, given: Data) -> list[Layers]:
    """Turn a network that looks at red to the direction of colours in which the images given differ by their labels."""
    means = np.stack([given.images[given.labels == label].mean(axis=0) for label in range(6)])
    apart = (means - means.mean(axis=0)).transpose(1, 0, 2, 3).reshape(3, -1)
    first = np.linalg.svd(apart, full_matrices=False)[0]
    found = []
    for sign in (1, -1):
        # Values are around 0.5, not 0: what turning does to that is put into the bias.
        turn = np.column_stack([sign * first[:, 0], first[:, 1], first[:, 2]])
        weight = np.einsum("fmij,cm->fcij", layers[0]["weight"], turn)
        shift = 0.5 * (layers[0]["weight"].sum(axis=(1, 2, 3)) - weight.sum(axis=(1, 2, 3)))
        found.append([layers[0] | {"weight": weight, "bias": layers[0]["bias"] + shift}, *layers[1:]])
    return found


def refitted(layers: Layers, given: Data) -> Layers:
    """Fit the last layer anew to the images given, by least squares with a little decay; what is before it stays."""
    seen = outputs(layers[:-1], given.images)
    mean, std = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    known = np.column_stack([(seen - mean) / std, np.ones(len(seen))])
    fitted = np.linalg.solve(known.T @ known + np.eye(known.shape[1]), known.T @ np.eye(6)[given.labels])
    weight = fitted[:-1] / std[:, None]
    return [*layers[:-1], {"kind": "FC", "weight": weight, "bias": fitted[-1] - mean @ weight}]


def _measured(name: str, found: Sequence[float]) -> str:
    values = np.array(found)
    figures = (values.mean(), values.std(), values.min(), values.max())
    row = f"| {name} | {len(values)} | {' | '.join(f'{figure:.3f}' for figure in figures)} |"
    print(row, flush=True)
    return row


def measure(classes: int, trained: int) -> list[str]:
    """Return the rows of the table."""
    load_assignment(CAPSTONE)
    training = declaring_module(CAPSTONE, "exercises.training")
    parts = load_parts()
    attacked = [
        (shapes(600, seed=kind, kinds=kind), shapes(400, seed=kind + 1, kinds=kind))
        for kind in range(FIRST, FIRST + classes)
    ]
    rows, reached, layers_of = [], [], {}
    for name, homes in HOMES.items():
        layers = layers_of[name] = foreign(training.train_cnn, parts, homes)
        reached.append([matched(layers, *one) for one in attacked])
        rows.append(_measured(f"trained at home on {name}, outputs matched", [new for _, new in reached[-1]]))
    best = [max(tries)[1] for tries in zip(*reached, strict=True)]
    rows.append(_measured("of these five the one that fits the images given best", best))
    layers = familiar(training.train_cnn, parts)
    best = [max(matched(one, given, new) for one in turned(layers, given))[1] for given, new in attacked]
    rows.append(_measured("trained at home on eight classes, turned to the colours found in the images given", best))
    name = "trained at home on sixteen classes, last layer fitted to the images given"
    rows.append(
        _measured(name, [_accuracy(refitted(layers_of["sixteen classes"], given), new) for given, new in attacked])
    )
    found = [[refitted(one, given) for one in turned(layers, given)] for given, _ in attacked]
    best = [
        max((_accuracy(one, given), _accuracy(one, new)) for one in some)[1]
        for some, (given, new) in zip(found, attacked, strict=True)
    ]
    rows.append(_measured("turned to the colours found, last layer fitted to the images given", best))
    own, spent = [], 0.0
    for kind in range(NEXT, NEXT + trained):
        given, new = shapes(600, seed=kind, kinds=kind), shapes(400, seed=kind + 1, kinds=kind)
        began = time.process_time()
        layers = training.train_cnn(given.images, given.labels, parts, np.random.default_rng(kind))
        spent += time.process_time() - began
        own.append(_accuracy(layers, new))
    rows.append(_measured("trained on the class's own images, by the course's recipe", own))
    print(f"{spent / trained:.1f} CPU seconds for a training")
    return rows


def load_parts() -> Mapping[str, Any]:
    """Return the parts that the assignment gives."""
    sys.path.insert(0, str(CAPSTONE))
    try:
        parts: Mapping[str, Any] = importlib.import_module("given_network").given_parts()
    finally:
        sys.path.pop(0)
    return parts


def main() -> None:
    """Measure, print, and write bench/foreign_weights.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--trained", type=int, default=30)
    parser.add_argument("--print-only", action="store_true")
    options = parser.parse_args()
    rows = measure(options.classes, options.trained)
    day = dt.datetime.now(dt.UTC).date()
    lines = [
        f"Measured by `python bench/foreign_weights.py` on {day.day} {day:%B %Y}: the share of 400 new images of a",
        "class that a network names rightly.",
        "",
        "| network | classes | mean | std | least | most |",
        "|---|--:|--:|--:|--:|--:|",
        *rows,
        "",
        "Matched: each output has the label that it met most often on the 600 images given, several outputs one label;",
        "no order of a network's outputs does better.  Fitted: by least squares, which trains one layer on them.",
        "No class is left out.",
    ]
    if not options.print_only:
        (HERE / "foreign_weights.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
