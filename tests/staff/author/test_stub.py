"""What a student receives: stubs where answers stood, and nbgrader's own command to make them."""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from declared import points

from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.notebook import stubbed
from classroom.staff.nbgrader_import import module_command

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def test_a_body_becomes_a_stub_that_is_not_implemented():
    source = 'def f(x):\n    """Say x."""\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION\n'
    assert stubbed(source) == 'def f(x):\n    """Say x."""\n    raise NotImplementedError  # your code here'


def test_an_answer_at_the_left_margin_leaves_its_empty_form():
    assert stubbed('answer_1 = None  # "a" or "b"\n### BEGIN SOLUTION\nanswer_1 = "b"\n### END SOLUTION') == (
        'answer_1 = None  # "a" or "b"'
    )


def test_a_bug_to_be_hunted_stays():
    assert stubbed("def hunt(x):\n    return x + 1") == "def hunt(x):\n    return x + 1"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("### BEGIN SOLUTION\nx = 1", "begins and never ends"),
        ("x = 1\n### END SOLUTION", "ends that never began"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "begins inside a solution"),
    ],
)
def test_marks_that_do_not_match_are_refused(source, sentence):
    with pytest.raises(Fault, match=sentence):
        stubbed(source)


def test_nbgrader_generates_the_assignment_without_text_and_answers(tmp_path):
    """The real command, from a folder like the repository's root."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "assignments" / "activations", tmp_path / "assignments" / "activations")
    (tmp_path / "class").mkdir()
    pair = build.pairs(tmp_path, ["activations"])[0]
    pair.sheet.write_bytes(b"a sheet")
    ran = subprocess.run(
        [*module_command("nbgrader"), "generate_assignment", "activations", "--create"],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    released = tmp_path / "class" / "release" / "activations"
    assert sorted(path.name for path in released.rglob("*")) == ["activations.ipynb", "activations.npz"]
    notebook = nbformat.read(released / "activations.ipynb", as_version=4)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    assert answers["answer-relu"].count("raise NotImplementedError  # your code here") == 2
    assert answers["answer-quiz_1"] == 'answer_1 = None  # "a", "b", "c" or "d"'
    assert answers["answer-hunt_leaky"].endswith("return np.maximum(slope * x, x)")
    assert "SOLUTION" not in (released / "activations.ipynb").read_text()
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert sum(cell.metadata.nbgrader.points for cell in checks) == points("activations")
    assert all(cell.metadata.nbgrader.checksum for cell in checks)
