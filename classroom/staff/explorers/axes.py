"""Which numbers share a mean: the axes of batch, layer, instance and group norm."""

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer

_IMAGES, _CHANNELS, _CELL = 4, 6, 48
_KINDS = {
    "batch": "one for each channel, over all images and pixels",
    "layer": "one for each image, over all channels and pixels",
    "instance": "one for each channel of each image, over its pixels alone",
    "group of 2": "one for each image and pair of channels",
    "group of 3": "one for each image and three channels",
}


def shares(norm: str) -> np.ndarray:
    """Return for each image and channel the number of the mean that it shares, from 0."""
    image, channel = np.mgrid[:_IMAGES, :_CHANNELS]
    if norm == "batch":
        return channel
    size = {"layer": _CHANNELS, "instance": 1}.get(norm) or int(norm[-1])
    return image * (_CHANNELS // size) + channel // size


def draw(norm: str) -> Drawing:
    """Draw a square for each channel of each image; equal numbers share a mean and a variance."""
    found, left = shares(norm), 180
    shapes = [drawing.text(left, 20, "channel →", "small"), drawing.text(left - 12, 50, "image ↓", "small", "end")]
    for (row, column), share in np.ndenumerate(found):
        x, y = left + column * _CELL, 30 + row * _CELL
        kind = ("first", "second", "third", "zero")[share % 4]
        shapes.append(drawing.rect(x + 1, y + 1, _CELL - 2, _CELL - 2, kind, 0.55))
        shapes.append(drawing.text(x + _CELL / 2, y + _CELL / 2 + 6, str(share + 1), "", "middle"))
    words = f"{norm} norm: {found.max() + 1} means and variances, {_KINDS[norm]}."
    return drawing.canvas(shapes, 40 + _IMAGES * _CELL), words


AXES = Explorer(
    "axes",
    "09_normalization",
    "axes-explorer",
    "Four images of six channels; a square stands for all pixels. Which norms do not notice the batch?",
    {"norm": tuple(_KINDS)},
    {"norm": "batch"},
    draw,
)
