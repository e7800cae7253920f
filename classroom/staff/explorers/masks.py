"""Dropout's masks: another network at every step, with the same mean."""

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.dropout import dropout_forward

_LAYERS = (6, 8, 8, 1)


def draw(drop: float, step: int) -> Drawing:
    """Draw which units are on at one step."""
    rng = np.random.default_rng(step)
    alive = [dropout_forward(np.ones((1, units)), drop, rng, training=True)[0][0] for units in _LAYERS[:-1]]
    alive.append(np.ones(1))
    places = [
        [(90 + 153 * depth, 135 + (unit - (units - 1) / 2) * 30) for unit in range(units)]
        for depth, units in enumerate(_LAYERS)
    ]
    shapes = []
    for depth in range(len(_LAYERS) - 1):
        for a, start in zip(alive[depth], places[depth], strict=True):
            shapes += [
                drawing.line([start, end], "thin")
                for b, end in zip(alive[depth + 1], places[depth + 1], strict=True)
                if a and b
            ]
    for on, where in zip(alive, places, strict=True):
        shapes += [drawing.dots([place], "first" if a else "off", 8) for a, place in zip(on, where, strict=True)]
    units = np.concatenate(alive[:-1])
    words = (
        f"Step {step}, drop {drop}: {np.count_nonzero(units)} of {len(units)} units are on, each counts "
        f"{1 / (1 - drop):.3g} times; their sum is {units.sum():.3g}, without dropout it is {len(units)}."
    )
    return drawing.canvas(shapes, 270), words


MASKS = Explorer(
    "masks",
    "10_dropout",
    "thinned-networks",
    "All units hold a 1. Move the step: another network each time. What stays, and what does not?",
    {"drop": (0.0, 0.1, 0.25, 0.5, 0.75), "step": (1, 2, 3, 4, 5, 6)},
    {"drop": 0.5, "step": 1},
    draw,
)
