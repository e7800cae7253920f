"""Where a kernel stops: size, padding, stride, and the pixels that no window sees."""

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.geometry import conv_output_size

_SIZE, _CELL = 10, 38


def draw(kernel: int, stride: int, padding: int) -> Drawing:
    """Draw a row of pixels, its padding, and the windows below each other."""
    count = conv_output_size(_SIZE, kernel, stride, padding)
    left = (drawing.WIDTH - _CELL * _SIZE) / 2
    seen = {start + offset for start in range(-padding, count * stride - padding, stride) for offset in range(kernel)}
    shapes = []
    for place in range(-padding, _SIZE + padding):
        kind = "zero" if not 0 <= place < _SIZE else "first" if place in seen else "missed"
        shapes.append(drawing.rect(left + place * _CELL + 1, 20, _CELL - 2, 30, kind, 0.6))
        words = "0" if kind == "zero" else str(place + 1)
        shapes.append(drawing.text(left + (place + 0.5) * _CELL, 40, words, "small", "middle"))
    for window in range(count):
        x, y = left + (window * stride - padding) * _CELL, 66 + 17 * window
        shapes.append(drawing.rect(x + 2, y, kernel * _CELL - 4, 11, "second", 0.75))
    missed = _SIZE - len(seen & set(range(_SIZE)))
    words = f"{_SIZE} pixels, kernel {kernel}, stride {stride}, padding {padding}: {count} outputs"
    if missed:
        words += f"; {missed} {'pixel is' if missed == 1 else 'pixels are'} in no window"
    return drawing.canvas(shapes, 66 + 17 * 14), f"{words}."


PADDING = Explorer(
    "padding",
    "05_convolution",
    "output-shape",
    "One row of ten pixels. Which padding keeps ten outputs at stride 1? When is a pixel in no window?",
    {"kernel": (1, 2, 3, 5), "stride": (1, 2, 3), "padding": (0, 1, 2)},
    {"kernel": 3, "stride": 2, "padding": 0},
    draw,
)
