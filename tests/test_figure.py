import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from classroom import figure, ledger


def plot():
    fig = Figure(figsize=(5, 3))
    axes = fig.subplots()
    for colour in figure.COLOURS:
        axes.plot([0, 1], [0, 1], color=colour)
    return fig


@pytest.fixture
def outputs():
    InteractiveShell.instance()
    with capture_output() as captured:
        yield captured
    InteractiveShell.clear_instance()


def relative_luminance(colour):
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def contrast(one, other):
    low, high = sorted([relative_luminance(one), relative_luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_show_records_the_description_in_the_output(outputs):
    figure.show(plot(), alt="Seven straight lines from corner to corner.")
    (output,) = outputs.outputs
    assert output.metadata["image/png"]["alt"] == "Seven straight lines from corner to corner."
    assert output.data["text/plain"] == "figure: Seven straight lines from corner to corner."
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


def test_in_a_lecture_the_ledger_has_the_description(outputs, monkeypatch):
    words = '[figure.lines]\nalt = "Seven straight lines from corner to corner."'
    monkeypatch.setattr(ledger, "_current", ledger.parse(words, "08_small.toml"))
    figure.show(plot(), "lines")
    (output,) = outputs.outputs
    assert output.metadata["image/png"]["alt"] == "Seven straight lines from corner to corner."


def test_a_drawing_is_shown_as_svg_too_and_other_figures_are_not(outputs):
    alt = "Seven lines, each <b>from</b> corner to corner & back."
    for drawing in (True, False):
        figure.show(plot(), alt=alt, drawing=drawing)
    drawn, plotted = outputs.outputs
    assert set(drawn.data) - set(plotted.data) == {"image/svg+xml"}
    root = ElementTree.fromstring(drawn.data["image/svg+xml"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == alt


def test_the_same_drawing_gives_the_same_text_without_date_version_and_fonts():
    fig = plot()
    fig.axes[0].set_title("letters")
    drawn = figure.to_svg(fig, "Seven lines from corner to corner.")
    assert drawn == figure.to_svg(fig, "Seven lines from corner to corner.")
    assert not re.search(r"<text|<script|matplotlib\.org|<dc:|\b20\d\d-", drawn)
    assert set(re.findall(r'href="(.)', drawn)) == {"#"}


@pytest.mark.parametrize("alt", ["", "a plot"])
def test_show_refuses_a_figure_without_a_description(alt):
    with pytest.raises(ValueError, match="describe the figure"):
        figure.show(plot(), alt=alt)


def test_the_same_figure_gives_the_same_small_file():
    first, width, height = figure.to_png(plot())
    assert first == figure.to_png(plot())[0]
    assert len(first) < 60_000
    assert (width, height) == (480, 288)


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [
        (0.05, 0.4, ["0.05", "0.1", "0.2"]),
        (3, 9, ["3", "4", "5", "6", "7", "8", "9"]),  # neither a power of ten nor twice or five times one
        (0.8, 130, ["$\\mathdefault{10^{0}}$", "$\\mathdefault{10^{1}}$", "$\\mathdefault{10^{2}}$"]),
    ],
)
def test_a_logarithmic_axis_has_two_numbers_or_more(low, high, numbers):
    fig = Figure(figsize=(5, 3))
    axes = fig.subplots(2, 1, sharey=True)
    for axis in axes:
        axis.semilogy([0, 1], [low, high])
        axis.set(ylim=(low, high))
        axis.minorticks_off()
    figure.to_png(fig)
    for axis in axes:
        labels = [tick.label1.get_text() for tick in axis.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        assert labels == numbers


def test_an_axis_with_one_number_is_refused_and_one_without_is_not():
    fig = Figure(figsize=(5, 3))
    axis = fig.subplots()
    axis.set(xticks=[], yticks=[0.5], ylabel="loss")
    with pytest.raises(ValueError, match="the y-axis 'loss' has one number: give it ticks, two or more"):
        figure.to_png(fig)
    axis.set_yticks([])
    figure.to_png(fig)


def test_the_background_is_opaque_so_that_the_page_may_be_dark():
    figure.style()
    image = Image.open(io.BytesIO(figure.to_png(plot())[0]))
    assert "transparency" not in image.info
    assert min(image.convert("RGB").getpixel((1, 1))) > 240


def test_every_colour_stands_out_from_the_background():
    assert contrast(figure.INK, figure.PAPER) > 7
    assert all(contrast(colour, figure.PAPER) > 2.5 for colour in figure.COLOURS)


def test_an_explorer_shows_its_still_without_widgets(outputs):
    seen = []

    def draw(scale):
        seen.append(scale)
        return plot()

    figure.explorer(draw, alt="Lines that depend on a scale.", still={"scale": 0.5}, scale=[0.1, 0.5])
    assert seen == [0.5]
    assert len(outputs.outputs) == 1


def test_a_live_explorer_redraws_when_the_slider_moves(outputs, monkeypatch):
    import ipywidgets

    seen, made = [], []

    def draw(scale):
        seen.append(scale)
        return plot()

    monkeypatch.setattr(ipywidgets, "interact", lambda function, **sliders: made.append((function, sliders)))
    figure.explorer(draw, alt="Lines that depend on a scale.", still={"scale": 0.5}, live=True, scale=[0.1, 0.5])
    ((function, sliders),) = made
    assert (sliders["scale"].value, sliders["scale"].options) == (0.5, (0.1, 0.5))
    function(scale=0.1)
    assert seen == [0.1]


def test_a_figure_is_as_wide_as_a_page():
    fig, axes = figure.panels(1, 3, 2.6, sharey=True)
    assert fig.get_size_inches().tolist() == [figure.WIDTH, 2.6]
    assert axes.shape == (3,)
    alone, axis = figure.panels(height=2.0, width=4.0)
    assert alone.get_size_inches().tolist() == [4.0, 2.0]
    assert axis in alone.axes
    plt.close("all")


def test_a_picture_has_a_title_and_no_ticks():
    axis = Figure().subplots()
    image = figure.picture(axis, np.eye(3), "unit", cmap="Blues")
    assert image.get_array().shape == (3, 3)
    assert axis.get_title("left") + axis.get_title() == "unit"
    assert (list(axis.get_xticks()), list(axis.get_yticks())) == ([], [])


def test_a_note_is_centred_and_small_unless_asked_otherwise():
    axis = Figure().subplots()
    figure.note(axis, 0.5, 0.5, "here", ha="left")
    (text,) = axis.texts
    assert (text.get_text(), text.get_ha(), text.get_va(), text.get_fontsize()) == ("here", "left", "center", 8)


def test_an_arrow_goes_from_its_start_to_its_end():
    axis = Figure().subplots()
    figure.arrow(axis, (0, 0), (1, 2), figure.GREY)
    (drawn,) = axis.texts
    assert (drawn.xy, drawn.xyann) == ((1, 2), (0, 0))
