"""What a rebuild on another processor may change and what it may not."""

import base64
import copy

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure

from classroom import figure, ledger
from classroom.claim import Claim
from classroom.staff.author.rounding import is_near, keep, numbers_in, pictures_are_near, same_but_for_rounding

LEDGER = """\
[claim."L8.1-size"]
statement = "Activations shrink."
source = "S1-17"
expected = 0.49
tolerance = 0.1
spread = 0.04
"""


def claim_output(measured="0.49", values=(0.492,), low=(0.39,), high=(0.59,), **changed):
    words = {"statement": "Activations shrink.", "source": "S1-17", "verdict": "holds"} | changed
    shown = Claim("L8.1-size", expected="0.49 ± 0.1", measured=measured, values=values, low=low, high=high, **words)
    return nbformat.v4.new_output(
        "display_data",
        {"text/plain": shown.to_text(), "text/html": shown.to_html()},
        metadata={"classroom": {"claim": {name: value for name, value in shown.to_json().items()}}},
    )


def picture(height=1.0, title="a curve", colour=figure.BLUE):
    fig = Figure(figsize=(4, 2))
    axis = fig.subplots()
    axis.plot(np.linspace(0, 1, 50), height * np.linspace(0, 1, 50) ** 2, color=colour)
    axis.set(title=title, ylim=(0, 2))
    return base64.b64encode(figure.to_png(fig)[0]).decode()


def figure_output(image, alt="A curve rises."):
    return nbformat.v4.new_output("display_data", {"image/png": image, "text/plain": f"figure: {alt}"})


def test_numbers_are_read_with_the_unit_of_their_last_digit():
    assert numbers_in("0.49 ± 0.01, 1.8e-08 or 220") == [
        (0.49, 0.01),
        (0.01, 0.01),
        (1.8e-8, pytest.approx(1e-9)),
        (220, 1),
    ]
    assert numbers_in("843 60,965,224, 1, 23") == [(843, 1), (60_965_224, 1), (1, 1), (23, 1)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0.49 0.18", "0.49 0.19", True),
        ("0.49 0.18", "0.49 0.20", False),
        ("1.8e-08", "1.7e-08", True),
        ("0.49", "0.490", False),
        ("0.49 met", "0.49 seen", False),
        ("9,999", "10,000", True),
        ("13104 exactly", "13,104 exactly", False),
        ("19,200", "19,202", False),
    ],
)
def test_texts_are_the_same_where_a_last_digit_turns(one, other, same):
    assert same_but_for_rounding(one, other) is same


@pytest.mark.parametrize(
    ("changes", "near"),
    [
        ({}, True),
        ({"measured": "0.50", "values": (0.497,)}, True),  # the last digit
        ({"measured": "0.53", "values": (0.531,)}, True),  # as far as processors are apart
        ({"measured": "0.54", "values": (0.541,)}, False),
        ({"measured": "0.49", "statement": "Activations grow."}, False),
        ({"measured": "0.49", "verdict": "does not hold"}, False),
    ],
)
def test_a_claim_is_near_within_its_last_digit_or_its_recorded_spread(changes, near):
    words = ledger.parse(LEDGER, "08_small.toml")
    assert is_near(claim_output(), claim_output(**changes), words) is near


def test_errors_of_rounding_are_near_to_each_other():
    before = claim_output("4.4e-16", (4.4e-16,), (None,), (1e-12,))
    now = claim_output("8.9e-14", (8.9e-14,), (None,), (1e-12,))
    assert is_near(before, now, None)


@pytest.mark.parametrize(
    ("now", "near"),
    [
        ({}, True),
        ({"height": 1.002}, True),
        ({"height": 1.05}, False),
        ({"title": "a carve"}, False),
        ({"colour": figure.ORANGE}, False),
    ],
)
def test_pictures_are_near_where_lines_move_by_less_than_half_a_pixel(now, near):
    assert pictures_are_near(picture(), picture(**now)) is near


def test_a_picture_of_another_size_or_description_is_another():
    assert not is_near(figure_output(picture()), figure_output(picture(), "A curve falls."), None)
    wide = Figure(figsize=(5, 2))
    wide.subplots()
    assert not pictures_are_near(picture(), base64.b64encode(figure.to_png(wide)[0]).decode())


def test_a_drawing_is_near_where_its_picture_is():
    drawn = [figure_output(picture(height)) for height in (1.0, 1.002, 1.05)]
    for number, output in enumerate(drawn):
        output.data["image/svg+xml"] = f'<svg><clipPath id="p12345678a{number}"/><path d="M 0.{number}"/></svg>'
    assert is_near(drawn[0], drawn[1], None)
    more = copy.deepcopy(drawn[0])
    more.data["image/svg+xml"] = more.data["image/svg+xml"].replace("</svg>", "<path/></svg>")
    assert not is_near(drawn[0], more, None)
    assert not is_near(drawn[0], drawn[2], None)
    assert not is_near(drawn[0], figure_output(picture()), None)


def notebook(source, *outputs):
    cell = nbformat.v4.new_code_cell(source, id="abc", outputs=list(outputs))
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("text", id="text"), cell])


def test_only_outputs_of_an_unchanged_cell_that_differ_by_rounding_are_kept():
    printed = nbformat.v4.new_output("stream", text="three\n")
    old = notebook("f()", claim_output(), figure_output(picture()), printed)
    now = notebook(
        "f()",
        claim_output("0.50", (0.497,)),
        figure_output(picture(1.5)),
        nbformat.v4.new_output("stream", text="four\n"),
    )
    other = copy.deepcopy(now)
    other.cells[1].source = "g()"
    fresh = copy.deepcopy(now.cells[1].outputs)
    keep(old, now, None)
    assert now.cells[1].outputs == [old.cells[1].outputs[0], *fresh[1:]]
    keep(old, other, None)
    assert other.cells[1].outputs == fresh


@pytest.mark.parametrize(("words", "kept"), [(LEDGER, False), (LEDGER + "varies = true\n", True)])
def test_a_time_is_kept_although_every_run_measures_another(words, kept):
    old, now = notebook("f()", claim_output()), notebook("f()", claim_output("0.58", (0.58,)))
    keep(old, now, ledger.parse(words, "08_small.toml"))
    assert (now.cells[1].outputs == old.cells[1].outputs) is kept


VARYING = """\
[figure.curve]
alt = "A curve rises."
varies = true
"""


def described(image, alt="A curve rises."):
    output = figure_output(image, alt)
    output.metadata = {"classroom": {"alt": alt}}
    return output


@pytest.mark.parametrize(
    ("words", "first_source", "alt", "kept"),
    [
        (VARYING, "f()", "A curve rises.", True),
        (VARYING, "g()", "A curve rises.", False),  # an earlier cell was changed
        (VARYING, "f()", "A curve falls.", False),
        (VARYING.replace("true", "false"), "f()", "A curve rises.", False),
    ],
)
def test_a_figure_that_varies_is_kept_until_a_cell_before_it_changes(words, first_source, alt, kept):
    def two_cells(source, output):
        made = notebook("show()", output)
        made.cells.insert(0, nbformat.v4.new_code_cell(source, id=source[0]))
        return made

    old = two_cells("f()", described(picture()))
    now = two_cells(first_source, described(picture(1.5), alt))
    keep(old, now, ledger.parse(words, "08_small.toml"))
    assert (now.cells[-1].outputs == old.cells[-1].outputs) is kept
