"""Which cells of a lecture stay open on its page."""

import json
from pathlib import Path

import pytest

from classroom.staff.pages.folding import FOLDED, SHARE, fold, is_experiment

COURSE = Path(__file__).parents[3] / "course"
LECTURES = sorted(path.stem for path in COURSE.glob("[0-9][0-9]_*.py"))


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nfrom solutions.pooling import maxpool2d_forward",
        'claim("L1.1-a", value)\npredict("b")',
        "fig, axis = figure.panels()\naxis.plot(x)\naxes[0].set(title='t')\nfigure.show(fig, 'f')",
        "def sketch(axis):\n    axis.plot(1)",
    ],
)
def test_imports_reports_and_drawings_are_no_experiment(source):
    assert not is_experiment(source)


def test_a_computation_with_its_claim_is_an_experiment():
    assert is_experiment("y = f(x)\nz = g(y)\nclaim('L1.1-a', z)")


@pytest.mark.parametrize("lecture", LECTURES)
def test_at_most_a_third_of_the_code_stays_open_and_all_of_it_is_experiment(lecture):
    cells = json.loads((COURSE / f"{lecture}.ipynb").read_text())["cells"]
    fold(cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    opened = [cell for cell in code if FOLDED not in cell["metadata"].get("tags", [])]
    lines = [sum(len(cell["source"]) for cell in some) for some in (opened, code)]
    assert 0 < lines[0] <= SHARE * lines[1] + 1
    assert all(is_experiment("".join(cell["source"])) for cell in opened)
