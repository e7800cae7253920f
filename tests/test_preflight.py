"""The student's last look before handing in: what it finds, what it writes, and what it leaves alone."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from classroom import cli, preflight
from classroom.fault import Fault
from classroom.staff.author import build, release
from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.demo.classmaker import Answers, Classmaker
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NAME = "activations"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A folder as a student unpacks it, and a maker of notebooks."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    (pair,) = build.pairs(root, [NAME])
    build.build([pair], root)
    build.write_sheet(pair)
    notebook = release.generate(Folders.of(root), NAME)
    assignment = load_assignment(root / "assignments" / NAME)
    return notebook.parent, Classmaker(assignment, notebook, pair.notebook, answer_sheet(assignment))


@pytest.fixture
def folder(released, tmp_path):
    """The student's folder; the notebook in it holds the reference's answers."""
    source, maker = released
    shutil.copytree(source, tmp_path / "work")
    answers = Answers("reference", choices={name: quiz.right for name, quiz in maker.quizzes.items()})
    (tmp_path / "work" / f"{NAME}.ipynb").write_bytes(maker.notebook(answers, "reference"))
    return tmp_path / "work"


def change(folder, edit):
    """Edit the list of cells of the student's notebook."""
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    edit(notebook["cells"])
    path.write_text(json.dumps(notebook))
    return path


def cell(cells, grade_id):
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def test_a_finished_notebook_is_ready_with_all_its_points(folder):
    path = folder / f"{NAME}.ipynb"
    before = path.read_bytes()
    found = preflight.preflight(path)
    assert found.problems == [] and found.ready
    assert (found.points, found.max_points) == (120, 120)
    assert path.read_bytes() == before, "the student's file is only read"
    assert found.digest == hashlib.sha256(before).hexdigest()
    assert f"{NAME}.ipynb: ready to hand in" in found.to_text() and found.digest in found.to_text()


def test_a_released_notebook_runs_and_shows_no_points(released):
    found = preflight.preflight(released[0] / f"{NAME}.ipynb")
    assert found.problems == [] and found.points == 0


def test_a_missing_check_cell_is_named(folder):
    path = change(folder, lambda cells: cells.remove(cell(cells, "relu_forward")))
    found = preflight.preflight(path, run=False)
    assert found.problems == ["the check cell relu_forward is missing: copy it back from the released notebook"]
    assert "✗ the check cell relu_forward is missing" in found.to_text() and "not ready" in found.to_text()


def test_a_changed_check_cell_is_named(folder):
    path = change(folder, lambda cells: cell(cells, "relu_forward").update(source="4.0"))
    found = preflight.preflight(path, run=False)
    assert found.problems == ["the check cell relu_forward was changed: grading uses the original, so put it back"]


def test_a_changed_setup_cell_is_named(folder):
    path = change(folder, lambda cells: cell(cells, "setup").update(source="import numpy as np"))
    found = preflight.preflight(path, run=False)
    assert found.problems == ["the locked cell setup was changed: grading uses the original, so put it back"]


def test_a_cell_that_is_there_twice_is_named(folder):
    path = change(folder, lambda cells: cells.append(cell(cells, "relu_forward")))
    found = preflight.preflight(path, run=False)
    assert found.problems == ["the cell relu_forward is there twice: delete the copy"]


def test_a_cell_that_stops_is_named_with_its_error(folder):
    def edit(cells):
        cells.append({**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": "undefined_name"})

    found = preflight.preflight(change(folder, edit))
    (problem,) = found.problems
    assert problem.endswith("stops with NameError: name 'undefined_name' is not defined")


def test_a_dying_kernel_is_told(folder):
    def edit(cells):
        cells.insert(2, {**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": "import os; os._exit(1)"})

    found = preflight.preflight(change(folder, edit))
    assert any("the kernel died" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no json", "is not a notebook: open it in JupyterLab"),
        (b"[1, 2]", "is not a notebook: open it in JupyterLab"),
        (b"{}", "is not a notebook: open it in JupyterLab"),
        (b" " * (preflight.LARGEST + 1), "bytes, at most .* are graded: clear its outputs"),
    ],
)
def test_a_file_that_cannot_be_graded_is_one_sentence(folder, content, sentence):
    (folder / f"{NAME}.ipynb").write_bytes(content)
    with pytest.raises(Fault, match=sentence):
        preflight.preflight(folder / f"{NAME}.ipynb")


def test_a_missing_sheet_is_one_sentence(folder):
    (folder / f"{NAME}.npz").unlink()
    with pytest.raises(Fault, match=r"activations\.npz is missing beside activations\.ipynb"):
        preflight.preflight(folder / f"{NAME}.ipynb")


def test_the_only_notebook_of_a_folder_need_not_be_named(folder, tmp_path):
    assert preflight.find_notebook(None, folder).name == f"{NAME}.ipynb"
    with pytest.raises(Fault, match=r"name the notebook: .* are none"):
        preflight.find_notebook(None, tmp_path)
    with pytest.raises(Fault, match="there is no file"):
        preflight.find_notebook(tmp_path / "none.ipynb")


def test_submit_writes_the_same_bytes_and_a_receipt(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        cli.main(["submit", "--no-run"])
    assert ended.value.code == 0
    content = (folder / f"{NAME}.ipynb").read_bytes()
    assert (folder / "hand-in" / f"{NAME}.ipynb").read_bytes() == content
    receipt = (folder / "hand-in" / f"{NAME}.receipt.txt").read_text()
    assert hashlib.sha256(content).hexdigest() in receipt and "checks    25 in place\n" in receipt
    assert receipt in capsys.readouterr().out


def test_submit_refuses_what_is_not_ready_unless_told_otherwise(folder, monkeypatch, capsys):
    change(folder, lambda cells: cells.remove(cell(cells, "relu_forward")))
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        cli.main(["submit", "--no-run"])
    assert ended.value.code == 2
    assert "is not ready: the check cell relu_forward is missing" in capsys.readouterr().err
    assert not (folder / "hand-in").exists()
    with pytest.raises(SystemExit) as ended:
        cli.main(["submit", "--no-run", "--anyway"])
    assert ended.value.code == 0 and (folder / "hand-in" / f"{NAME}.ipynb").exists()


def test_preflight_ends_with_1_where_something_is_wrong(folder, capsys):
    path = change(folder, lambda cells: cells.remove(cell(cells, "relu_forward")))
    with pytest.raises(SystemExit) as ended:
        cli.main(["preflight", "--no-run", str(path)])
    assert ended.value.code == 1 and "not ready" in capsys.readouterr().out
