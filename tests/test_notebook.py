"""What a student reads in an answer cell: the docstring without the staff's references to its sources."""

import re
from pathlib import Path

import pytest

from classroom.staff.author.notebook import answer, compose
from classroom.staff.author.stub import stubbed
from classroom.staff.declare.loader import declared_assignments
from solutions import activation, loss, neuron, preprocessing


def test_a_note_that_is_only_a_reference_goes_with_its_heading():
    cell = stubbed(answer("from solutions.neuron import xor_net", "neurons"))
    assert "Seed" in neuron.xor_net.__doc__
    assert "Notes" not in cell
    assert cell.endswith('    """\n    raise NotImplementedError  # your code here')


def test_the_rest_of_a_note_stays():
    cell = stubbed(answer("from solutions.activation import sigmoid_forward", "activations"))
    assert "Seeds" in activation.sigmoid_forward.__doc__
    assert "nothing overflows at x = -1000.\n" in cell


def test_papers_stay_and_references_over_two_lines_go():
    cells = [
        stubbed(answer(f"from solutions.{module} import {name}", module))
        for module, name in (
            ("activation", "leaky_relu_forward"),
            ("preprocessing", "zca_whiten"),
            ("preprocessing", "channel_stats"),
            ("loss", "softmax"),
        )
    ]
    assert "Maas 2013.\n" in cells[0] and "Bell & Sejnowski 1997.\n" in cells[1]
    assert not any("eed S" in cell or "eeds S" in cell for cell in cells)
    assert "Seed" in loss.softmax.__doc__ + preprocessing.channel_stats.__doc__


ASSIGNMENTS = Path(__file__).parents[1] / "assignments"


@pytest.mark.parametrize("name", declared_assignments(ASSIGNMENTS))
def test_no_cell_of_a_student_names_a_row_of_the_staffs_table_of_sources(name):
    cells = compose((ASSIGNMENTS / name / f"{name}.py").read_text(encoding="utf-8"), name).cells
    shown = [stubbed(cell.source) if cell.cell_type == "code" else cell.source for cell in cells]
    assert re.findall(r"\bS\d-\d+|\(C\d+\)|[Ss]eeds? C\d+", "\n".join(shown)) == []


def test_a_stub_imports_what_its_signature_needs_and_nothing_of_its_answer():
    cell = answer("from solutions.im2col import im2col", "convolution")
    assert cell.startswith("def im2col(") and "    from numpy.lib.stride_tricks import sliding_window_view\n" in cell
    assert "import" not in stubbed(cell)
    stub = stubbed(answer("from solutions.momentum_optimizer import nesterov", "optimizers"))
    assert stub.startswith("from collections.abc import Callable\n\n\ndef nesterov(")
