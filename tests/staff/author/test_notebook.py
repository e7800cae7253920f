"""What a student reads in an answer cell: the signature and the docstring, and nothing of the answer."""

import re
from pathlib import Path

import pytest

from classroom.staff.author.notebook import answer, compose, stubbed
from classroom.staff.declare.loader import declared_assignments

ASSIGNMENTS = Path(__file__).parents[3] / "assignments"


@pytest.mark.parametrize("name", declared_assignments(ASSIGNMENTS))
def test_no_cell_of_a_student_names_a_row_of_the_staffs_table_of_sources(name):
    cells = compose((ASSIGNMENTS / name / f"{name}.py").read_text(encoding="utf-8"), name).cells
    shown = [stubbed(cell.source) if cell.cell_type == "code" else cell.source for cell in cells]
    assert re.findall(r"\bS\d-\d+|\(C\d+\)|[Ss]eeds? C\d+", "\n".join(shown)) == []


def test_a_stub_imports_what_its_signature_needs_and_nothing_of_its_answer():
    cell = answer("from solutions.convolution import im2col", "convolution")
    assert cell.startswith("def im2col(") and "    from numpy.lib.stride_tricks import sliding_window_view\n" in cell
    assert "import" not in stubbed(cell)
    stub = stubbed(answer("from solutions.optimizer import nesterov", "optimizers"))
    assert stub.startswith("from collections.abc import Callable\n\n\ndef nesterov(")
