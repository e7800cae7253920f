"""What one output sees: the receptive field of a stack of layers, and how many paths lead to each pixel."""

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.receptive_field import receptive_field


def draw(layers: int, kernel: int, dilation: int) -> Drawing:
    """Draw each layer's pixels that the one output above depends on, darker where more paths lead."""
    taps = np.zeros((kernel - 1) * dilation + 1)
    taps[::dilation] = 1
    paths, rows = np.ones(1), [np.ones(1)]
    for _ in range(layers):
        paths = np.convolve(paths, taps)
        rows.append(paths)
    shapes = []
    for depth, counts in enumerate(rows):
        y = 14 + depth * 42
        for place, count in zip(np.arange(len(counts)) - (len(counts) - 1) / 2, counts, strict=True):
            share = count / counts.max()
            kind, opacity = ("first", max(share, 0.08)) if count else ("missed", 0.3)
            shapes.append(drawing.rect(drawing.WIDTH / 2 + place * 13 - 6, y, 12, 24, kind, opacity))
        name = "output" if depth == 0 else "input" if depth == layers else f"layer {layers - depth}"
        shapes.append(drawing.text(6, y + 17, name, "small"))
    size, _, _ = receptive_field([(kernel, 1, 0, dilation)] * layers)
    counted = np.sort(paths)[::-1].cumsum()
    core = int(np.searchsorted(counted, 0.9 * counted[-1]) + 1)
    pixels = "1 pixel" if size == 1 else f"{size} pixels"
    words = f"One output sees {pixels} of a row; nine of ten paths lead to {core} of them."
    if not paths.all():
        words += " Between them are pixels that it never sees."
    return drawing.canvas(shapes, 14 + 42 * 5 + 30), words


VIEW = Explorer(
    "view",
    "06_pooling",
    "view-explorer",
    "Make the view 31 pixels wide with as few layers as you can. What is lost with dilation?",
    {"layers": (1, 2, 3, 4), "kernel": (1, 2, 3, 5), "dilation": (1, 2, 3)},
    {"layers": 3, "kernel": 3, "dilation": 1},
    draw,
)
