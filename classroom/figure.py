"""One look for all figures of the course, and a description in words beside each.

Figures are light cards with their own opaque background, so they read the same on a light page and on a dark one.
Colours are those of Okabe and Ito, told apart by readers with every common colour vision.
"""

import base64
import html
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from classroom import ledger
from classroom.display import display_bundle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, GOLD, SKY, GREY = COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#AA5C8F",
    "#C98A00",
    "#4BA3D9",
    "#6B6B6B",
)
SEQUENTIAL = "viridis"  # maps for images: sizes, and signed values around zero
DIVERGING = "PuOr"
WIDTH = 7.2  # inches: the width of a page
NARROW = 4.4  # on a phone of 390 px such a figure shows words of 8 points at 9 px
DOTS = 144  # per inch; shown at 96, so that fine screens have something to show
PAPER, INK, LINES = "#FBFBF9", "#22252A", "#D9DAD7"
STYLE: dict[Any, Any] = {
    "figure.figsize": (WIDTH, 3.0),
    "figure.dpi": 96,
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINES,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "image.cmap": SEQUENTIAL,
    "image.interpolation": "nearest",
}
# Spare in an SVG: comments, line breaks, and what is less than a hundredth of a point; a scale keeps its digits.
_SPARE = re.compile(r"<!--.*?-->|\s+(?=[<\"])|(?P<space>\s+)|(?P<kept>scale\([^)]*\)|\d\.\d\d)\d*", re.DOTALL)


def style() -> None:
    """Give all figures made from here on the look of the course."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(STYLE)
    mpl.rcParams["axes.prop_cycle"] = cycler(color=COLOURS)


def panels(rows: int = 1, columns: int = 1, height: float = 3.0, *, width: float = WIDTH, **options: Any) -> Any:
    """Begin a figure as wide as a page: `fig, axes = figure.panels(1, 3, 2.6, sharey=True)`.

    Parameters
    ----------
    rows, columns : int
        Of axes; one axis is returned by itself.
    height, width : float
        In inches.
    **options
        As in `matplotlib.pyplot.subplots`.

    Returns
    -------
    fig : matplotlib Figure
    axes : Axes or array of Axes
    """
    import matplotlib.pyplot as plt

    return plt.subplots(rows, columns, figsize=(width, height), **options)


def picture(axis: "Axes", pixels: Any, title: str = "", **options: Any) -> Any:
    """Show an array as an image, without ticks and grid; options as in `Axes.imshow`, whose result is returned."""
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(visible=False)
    return axis.imshow(pixels, **options)


def note(axis: "Axes", x: float, y: float, text: str, **options: Any) -> None:
    """Write a few small words centred on a point; options as in `Axes.text`."""
    axis.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": 8, **options})


def arrow(axis: "Axes", start: tuple[float, float], end: tuple[float, float], color: str = INK) -> None:
    """Draw an arrow between two points."""
    axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": color})


def show(fig: "Figure", id: str | None = None, *, alt: str | None = None, drawing: bool = False) -> None:
    """Show a figure once, with its description for readers who do not see it.

    Parameters
    ----------
    fig : matplotlib Figure
        It is closed afterwards.
    id : str, optional
        The entry of a lecture's ledger that has the description: ``"rate-drop"``.
    alt : str, optional
        The description itself, where there is no ledger: what the figure shows, in one or two sentences.
    drawing : bool
        Whether it explains something and measures nothing: a drawing is given as SVG, sharp at any size, and as PNG for
        notebooks that do not trust an SVG.

    Raises
    ------
    ValueError
        If the description has fewer than five words.
    Fault
        If the ledger has no such entry.
    """
    import matplotlib.pyplot as plt

    if alt is None:
        alt = ledger.current().figure(str(id)).alt
    if len(alt.split()) < 5:
        raise ValueError(f"alt is {alt!r}: describe the figure in a sentence, for a reader who does not see it")
    image, width, height = to_png(fig)
    lines = {"image/svg+xml": to_svg(fig, alt)} if drawing else {}
    plt.close(fig)
    display_bundle(
        {**lines, "image/png": base64.b64encode(image).decode("ascii"), "text/plain": f"figure: {alt}"},
        {"image/png": {"alt": alt, "width": width, "height": height}, "classroom": {"alt": alt}},
    )


def to_png(fig: "Figure") -> tuple[bytes, int, int]:
    """Return a figure as a small PNG of at most 256 colours, and the size in which to show it.

    The same figure gives the same bytes: no date and no version is written.

    Raises
    ------
    ValueError
        If an axis has one number only.
    """
    from PIL import Image

    full = _saved(fig)
    if _give_every_axis_two_numbers(fig):
        full = _saved(fig)
    with Image.open(full) as picture:
        flat = picture.convert("RGB").quantize(colors=256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small = io.BytesIO()
    flat.save(small, format="png", optimize=True)
    return small.getvalue(), round(flat.width * 96 / DOTS), round(flat.height * 96 / DOTS)


def to_svg(fig: "Figure", alt: str) -> str:
    """Return a figure as SVG, with its description as the title; letters are paths, so that no font is needed.

    The same figure gives the same text: no date and no version is written, and ids come from what they name.
    """
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "course"}):
        fig.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    short = _SPARE.sub(lambda found: found["kept"] or (found["space"] and " ") or "", file.getvalue())
    _, begin, drawn = short.partition("<svg ")
    attributes, close, content = drawn.partition(">")
    return f"{begin}{attributes}{close}<title>{html.escape(alt)}</title>{content}"


def _saved(fig: "Figure") -> io.BytesIO:
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=DOTS, metadata={"Software": None})
    return file


def _give_every_axis_two_numbers(fig: "Figure") -> bool:
    """Label more of a logarithmic axis on which there is one power of ten or none: one number tells no scale.

    The figure has been drawn before; returns whether it has to be drawn again.
    """
    from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter

    changed = False
    for axis in (axis for axes in fig.axes if axes.axison for axis in (axes.xaxis, axes.yaxis)):
        if axis.get_scale() == "log" and isinstance(axis.get_major_locator(), LogLocator):
            for locator in (LogLocator(subs=(1.0, 2.0, 5.0)), AutoLocator()):
                if _numbers_on(axis) < 2:
                    changed = True
                    axis.set_major_locator(locator)
                    axis.set_major_formatter(FuncFormatter("{0:g}".format))
                    axis.set_minor_formatter(NullFormatter())
        if _numbers_on(axis) == 1:
            raise ValueError(
                f"the {axis.axis_name}-axis {axis.get_label_text()!r} has one number: give it ticks, two or more"
            )
    return changed


def _numbers_on(axis: "Axis") -> float:
    """Return how many ticks with a number are seen; infinity for an axis without numbers, as a shared one."""
    axis.get_ticklabels()  # places the ticks anew
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * max(abs(low), abs(high))
    ticks = [tick for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()) if tick.label1.get_visible()]
    if not axis.get_visible() or not ticks:
        return float("inf")
    return sum(bool(tick.label1.get_text()) and low - room <= tick.get_loc() <= high + room for tick in ticks)


def explorer(
    draw: Callable[..., "Figure"],
    id: str | None = None,
    *,
    alt: str | None = None,
    still: Mapping[str, Any],
    live: bool = False,
    **controls: Sequence[Any],
) -> None:
    """Show a figure with sliders, or one still of it.

    Parameters
    ----------
    draw : callable
        Makes the figure from one keyword argument for each control.
    id, alt : str, optional
        As in `show`.
    still : mapping
        The settings of the still, which is what the built lecture shows.
    live : bool
        True puts a slider above the figure for each control; it needs ipywidgets and a running notebook.
    **controls : sequence of values
        The values that each slider may take.
    """
    if not live:
        show(draw(**still), id, alt=alt)
        return
    import ipywidgets

    def draw_and_show(**settings: Any) -> None:
        show(draw(**settings), id, alt=alt)

    sliders = {
        name: ipywidgets.SelectionSlider(options=list(values), value=still[name], description=name)
        for name, values in controls.items()
    }
    ipywidgets.interact(draw_and_show, **sliders)
