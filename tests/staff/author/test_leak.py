"""What answers for the student is found in a bundle, in any form."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from declared import declared

from classroom.call.value import arrays_in
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build, leak
from classroom.staff.author.notebook import compose, read_text

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]

NAME = "activations"


FOLDER = f"02-{NAME}"  # the bundle carries the number of the assignment


@pytest.fixture(scope="module")
def lines():
    """The lines that only the reference has."""
    (pair,) = build.pairs(ROOT, [NAME])
    return leak.reference_lines(declared(NAME), compose(read_text(pair.text), NAME, pair.text.parent))


def in_cell(text):
    """Change a notebook: add the text to its last cell, whatever kind that is."""

    def change(content):
        notebook = json.loads(content)
        notebook["cells"][-1]["source"] += "\n" + text
        return json.dumps(notebook).encode()

    return change


def in_wheel(name, text):
    def change(content):
        stream = io.BytesIO(content)
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr(name, text)
        return stream.getvalue()

    return change


WHEEL = "layerwise-0.1.0-py3-none-any.whl"


REFERENCE_LINE = "    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))"


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("activations.ipynb", in_cell("### BEGIN SOLUTION"), "activations.ipynb: holds solution marks"),
        ("notes.txt", lambda _: b"x = 1\n### END SOLUTION\n", "notes.txt: holds solution marks"),
        ("exercises/__init__.py", lambda _: b"", "exercises/__init__.py: is a module of staff"),
        ("exercises/elu.py", lambda _: b"", "exercises/elu.py: is a module of staff"),
        (
            WHEEL,
            in_wheel("classroom/staff/author/build.py", ""),
            "whl!classroom/staff/author/build.py: is a module of staff",
        ),
        (WHEEL, in_wheel("solutions/linear.py", ""), "whl!solutions/linear.py: is a module of staff"),
        ("activations.ipynb", in_cell("from solutions.loss import softmax"), "activations.ipynb: imports solutions"),
        (WHEEL, in_wheel("classroom/more.py", "    import classroom.staff.judge"), "more.py: imports classroom.staff"),
        (
            "activations.ipynb",
            in_cell(REFERENCE_LINE),
            "activations.ipynb: holds a line of the reference: 'return np.w",
        ),
        (WHEEL, in_wheel("classroom/more.py", REFERENCE_LINE), "more.py: holds a line of the reference: 'return np.w"),
        ("activations.ipynb", in_cell(REFERENCE_LINE.replace(" ", "") + "  # mine"), "holds a line of the reference"),
    ],
)
def test_what_answers_for_the_student_is_found(bundle, lines, hidden, name, change, sentence):
    """In one file of the bundle; that such a bundle does not go out is tested with the release."""
    place = f"{FOLDER}/{name}"
    found = leak.scan({place: change(bundle[1].get(place, b""))}, lines, [hidden])
    assert any(sentence in str(one) for one in found)


def test_a_bundle_that_went_out_holds_nothing_of_it(bundle, lines, hidden):
    assert leak.scan(bundle[1], lines, [hidden]) == []


def hidden_array(hidden):
    """An expected output that only a hidden case has."""
    case = next(case for case in hidden.exercises["sigmoid_forward"].cases if case.hidden)
    return arrays_in(list(case.expected.values()))[0]


@pytest.mark.parametrize("form", ["an array of the sheet", "part of an array", "raw bytes", "text"])
def test_an_expected_output_of_a_hidden_case_is_found_in_any_form(hidden, form):
    array = hidden_array(hidden)
    stream = io.BytesIO()
    if form == "an array of the sheet":
        np.savez_compressed(stream, fine=np.arange(3.0), secret=array)
    elif form == "part of an array":
        np.savez(stream, all=np.concatenate([np.arange(7.0), array.ravel(), np.zeros(2)]))
    elif form == "raw bytes":
        stream.write(b"header" + array.tobytes())
    else:
        stream.write(f"expected = {array.tolist()}\n".encode())
    found = leak.scan({"more.npz" if "array" in form else "more.txt": stream.getvalue()}, hidden=[hidden])
    assert any("an expected output of sigmoid_forward" in str(one) for one in found)


@pytest.mark.parametrize(("more", "found"), [(0, False), (1, True)])
def test_the_values_of_a_visible_case_in_another_order_are_no_leak(hidden, more, found):
    """The ends of the range are shuffled in hidden cases: chance puts them into the order of two visible arrays."""
    one = hidden.exercises["hunt_elu"]
    shown = next(case.expected["y"] for case in one.cases if not case.hidden and case.expected["y"].max() >= 1000)
    case = next(case for case in one.cases if case.hidden)
    cases = [*one.cases, dataclasses.replace(case, expected={"y": np.roll(shown, 3) + more})]
    sheet = AnswerSheet(NAME, "", {one.id: dataclasses.replace(one, cases=cases)})
    stored = np.concatenate([shown, shown]) + more  # as a sheet does: the expected output, then a mutant's
    assert bool(leak.scan({"float64": stored.tobytes()}, hidden=[sheet])) is found


def test_a_line_that_anyone_would_write_is_no_leak():
    lines = set(leak._code_lines("def f(x):\n    '''A docstring that is long enough to tell.'''\n    return x\n"))
    assert lines == set()
