"""The student's last look before handing in: what it finds, what it writes, and what it leaves alone."""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from declared import checks, declared, points

from classroom import cli, preflight, whole_run
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.notebook_file import FILE_BYTES
from classroom.repair import repair
from classroom.staff.author import build
from classroom.staff.demo.classmaker import Answers, Classmaker
from classroom.staff.sandbox.inventory import package_files

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NAME = "activations"


@pytest.fixture(scope="module")
def source(released):
    """A folder as a student unpacks it."""
    return released(NAME) / "class" / "release" / NAME


@pytest.fixture(scope="module")
def maker(released, source):
    """A maker of notebooks that somebody has worked on."""
    (pair,) = build.pairs(released(NAME), [NAME])
    return Classmaker(declared(NAME), source / f"{NAME}.ipynb", pair.notebook, AnswerSheet.load(source / f"{NAME}.npz"))


@pytest.fixture
def folder(source, maker, tmp_path):
    """The student's folder; the notebook in it holds the reference's answers."""
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
    assert (found.points, found.max_points) == (points(NAME), points(NAME))
    assert path.read_bytes() == before, "the student's file is only read"
    assert found.digest == hashlib.sha256(before).hexdigest()
    assert f"{NAME}.ipynb: ready to hand in" in found.to_text() and found.digest in found.to_text()


def test_an_untouched_notebook_is_not_called_ready(source):
    found = preflight.preflight(source / f"{NAME}.ipynb")
    assert found.problems == [] and found.points == 0
    assert found.untouched and not found.ready
    text = found.to_text()
    assert f"{NAME}.ipynb: nothing is written yet" in text and "ready" not in text
    assert re.search(r"  open  relu_forward +0 of 4 points · not written\n", text)
    assert text.count("  open  ") == checks(
        NAME
    )  # the hunts are as they were found, and the questions are not answered


def test_without_running_it_an_untouched_notebook_is_none_either(source, tmp_path):
    found = preflight.preflight(source / f"{NAME}.ipynb", run=False)
    assert found.untouched and re.search(r"  open  quiz_1 +4 points · not written\n", found.to_text())
    with pytest.raises(Fault, match="is not ready: nothing is written yet; hand it in as it is with --anyway"):
        preflight.write_hand_in(found, tmp_path / "hand-in")
    assert not (tmp_path / "hand-in").exists()


def test_what_is_open_is_listed_with_its_points(folder):
    def edit(cells):
        cell(cells, "answer-tanh")["source"] = (
            "def tanh_forward(x):\n    raise NotImplementedError\n\n\ntanh_backward = None"
        )
        cell(cells, "answer-relu")["source"] = (
            "def relu_forward(x):\n    return np.maximum(x, 0), x\n\n\n"
            "def relu_backward(grad_y, cache):\n    return grad_y"
        )

    found = preflight.preflight(change(folder, edit))
    assert found.ready and list(found.open) == ["tanh_forward", "tanh_backward", "relu_backward"]
    assert found.open["relu_backward"] == "0 of 4 points"
    assert f"{NAME}.ipynb: can be handed in, with 3 of {checks(NAME)} exercises open" in found.to_text()
    assert (found.points, found.max_points) == (points(NAME) - 12, points(NAME))


def test_a_missing_check_cell_is_named(folder):
    path = change(folder, lambda cells: cells.remove(cell(cells, "relu_forward")))
    found = preflight.preflight(path, run=False)
    assert found.problems == [
        "the check cell relu_forward is missing:  classroom repair  puts it back and keeps your answers"
    ]
    assert "✗ the check cell relu_forward is missing" in found.to_text() and "not ready" in found.to_text()


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [("relu_forward", "4.0", "check cell relu_forward"), ("setup", "import numpy as np", "locked cell setup")],
)
def test_a_changed_cell_of_staff_is_named(folder, name, text, what):
    path = change(folder, lambda cells: cell(cells, name).update(source=text))
    assert preflight.preflight(path, run=False).problems == [
        f"the {what} was changed, and grading uses the original:  classroom repair  puts it back and keeps your answers"
    ]


def test_a_cell_that_is_there_twice_is_named(folder):
    path = change(folder, lambda cells: cells.append(cell(cells, "relu_forward")))
    found = preflight.preflight(path, run=False)
    place = len(json.loads(path.read_text())["cells"])
    assert found.problems == [
        f"cell {place} ('check(\"relu_forward\", relu_forward)') is the cell relu_forward a second time: delete it, "
        "or run  classroom repair"
    ]
    assert found.max_points == points(NAME)


def test_an_answer_that_was_split_is_ready_and_both_halves_count(folder):
    """An editor that splits a cell gives both halves its name."""

    def split(cells):
        answer = cell(cells, "answer-relu")
        first, mark, second = answer["source"].partition("def relu_backward")
        answer["source"] = first
        cells.insert(cells.index(answer) + 1, {**answer, "id": "half", "source": mark + second})

    found = preflight.preflight(change(folder, split))
    assert found.problems == [] and found.ready and found.points == points(NAME)
    (note,) = found.notes
    assert "is the cell answer-relu a second time: both run, and what both define counts as the last one has it" in note


def test_the_deadline_that_came_with_the_bundle_is_shown(folder):
    path = folder / f"{NAME}.ipynb"
    assert "Due" not in preflight.preflight(path, run=False).to_text()
    said = {"text": "Due Thu 3 Oct 2199, 23:59 (UTC).", "due": "2199-10-03T23:59:00+00:00"}
    (folder / "dates.json").write_text(json.dumps(said))
    text = preflight.preflight(path, run=False).to_text()
    assert re.search(r"\n  Due Thu 3 Oct 2199, 23:59 \(UTC\)\.  \(\d+ days left, as the dates were ", text)


def test_repair_mends_what_preflight_has_found(folder):
    def edit(cells):
        cells.remove(cell(cells, "relu_forward"))
        cell(cells, "setup").update(source="import numpy as np")

    path = change(folder, edit)
    assert len(preflight.preflight(path, run=False).problems) == 2
    assert len(repair(path).done) == 2
    found = preflight.preflight(path, run=False)
    assert found.ready and found.problems == [] and found.open == {}


def test_a_cell_that_stops_is_named_with_its_error(folder):
    def edit(cells):
        cells.append({**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": "undefined_name"})

    found = preflight.preflight(change(folder, edit))
    (problem,) = found.problems
    assert problem.endswith("stops with NameError: name 'undefined_name' is not defined")


def test_a_module_or_a_data_file_of_ones_own_is_missed_as_when_graded(folder):
    """A module called as those are that come with a notebook is no other."""
    (folder / "helpers.py").write_text("half = 0.5\n")
    (folder / "given_x.py").write_text("half = 0.5\n")
    (folder / "mine.csv").write_text("1,2\n")

    def edit(cells):
        del cells[3:]
        for number, source in enumerate(("import helpers", "open('mine.csv')", "import given_x")):
            cells.append({**cell(cells, "setup"), "metadata": {}, "id": f"extra-{number}", "source": source})

    problems = preflight.preflight(change(folder, edit)).problems
    assert problems[-3:] == [
        "cell 4 stops with ModuleNotFoundError: No module named 'helpers'",
        "cell 5 stops with FileNotFoundError: [Errno 2] No such file or directory: 'mine.csv'",
        "cell 6 stops with ModuleNotFoundError: No module named 'given_x'",
    ]


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("import pandas as pd", "pandas"),
        ("import json, helpers\nfrom scipy.special import expit", "helpers, scipy"),
        ("def softmax(x):\n    from scipy.special import softmax\n    return softmax(x)", "scipy"),
        ("!pip install torch\nimport torch", "torch"),
        ("import numpy as np, matplotlib.pyplot as plt, IPython, os.path\nfrom mpl_toolkits import mplot3d", ""),
        ("from classroom import data\nimport given_parts", "given_parts"),
        ("try:\n    import scipy\nexcept ImportError:\n    scipy = None", ""),
        ("import torch, (", ""),
    ],
)
def test_what_a_cell_imports_and_grading_lacks_is_noted_without_running_it(folder, written, missing):
    (folder / "given_parts.py").write_text("")
    (folder / "helpers.py").write_text("")

    def edit(cells):
        cells.insert(2, {**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": written})

    found = preflight.preflight(change(folder, edit), run=False)
    said = (
        f"cell 3 imports {missing}: grading has numpy and matplotlib alone, so what this cell defines would be missing "
        "there, or stop"
    )
    assert found.notes == ([said] if missing else [])


def test_what_passes_as_graded_is_in_the_sandbox():
    have = {name.removesuffix(".py") for name in package_files()}
    assert preflight.GRADED - sys.stdlib_module_names - {"classroom"} <= have


def test_a_dying_kernel_is_told(folder):
    def edit(cells):
        cells.insert(2, {**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": "import os; os._exit(1)"})

    found = preflight.preflight(change(folder, edit))
    (problem,) = found.problems
    assert problem == "the kernel died in cell 3: it crashes Python or takes too much memory"


def test_a_cell_that_does_not_end_is_named_and_the_error_that_stopped_it_is_none_of_the_students(folder, monkeypatch):
    monkeypatch.setattr(whole_run, "_SECONDS_PER_CELL", 2)

    def edit(cells):
        endless = {**cell(cells, "setup"), "metadata": {}, "id": "extra", "source": "while True:\n    pass"}
        cells[:] = [{**endless, "id": "before", "source": "1 + 1"}, endless]

    problems = preflight.preflight(change(folder, edit)).problems
    (problem,) = [one for one in problems if "is missing" not in one]
    assert problem.startswith("cell 2 ran longer than 2 s, and nothing below it was run: does a loop in it, or in a ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no json", r"activations\.ipynb is no notebook"),
        (b"", r"activations\.ipynb is empty: "),
        (b" " * (FILE_BYTES + 1), "bytes, at most .* are graded: clear its outputs"),
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


def test_a_renamed_notebook_is_told_its_name(folder):
    (folder / f"{NAME}.ipynb").rename(folder / "mine.ipynb")
    assert preflight.find_notebook(None, folder).name == "mine.ipynb"
    with pytest.raises(
        Fault, match=r"mine\.ipynb was renamed, .* know it as activations\.ipynb: give it that name again"
    ):
        preflight.preflight(folder / "mine.ipynb")


def test_the_sheet_of_another_assignment_is_told(folder):
    AnswerSheet("convolution", "Convolution", {}).save(folder / f"{NAME}.npz")
    with pytest.raises(Fault, match=r"activations\.npz is the sheet of convolution: unpack the assignment activations"):
        preflight.preflight(folder / f"{NAME}.ipynb")


def test_the_only_notebook_of_a_folder_need_not_be_named(folder, tmp_path):
    assert preflight.find_notebook(None, folder).name == f"{NAME}.ipynb"
    with pytest.raises(Fault, match=r"there is no notebook in .*: there is one in .*work, so  cd .*work  first"):
        preflight.find_notebook(None, tmp_path)
    with pytest.raises(Fault, match="go to the folder that you have unpacked"):
        preflight.find_notebook(None, folder / "empty")
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
    assert hashlib.sha256(content).hexdigest() in receipt and f"checks    {checks(NAME)} in place\n" in receipt
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


@pytest.mark.parametrize("to", [["--to", "elsewhere/below"], []])
def test_a_folder_that_cannot_be_written_to_is_told_with_what_names_another(folder, monkeypatch, capsys, to):
    (folder / "elsewhere").write_text("a file, where a folder should be")
    (folder / "hand-in").write_text("a file, where a folder should be")
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        cli.main(["submit", "--no-run", *to])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and said.count("\n") == 1
    assert said.startswith(f"classroom: {to[-1] if to else 'hand-in'}: ")
    assert said.endswith("; name a folder that can be written to with --to\n")


def test_a_notebook_that_is_changed_while_it_is_checked_is_told_and_one_that_is_saved_is_handed_in(folder):
    path = folder / f"{NAME}.ipynb"
    found = preflight.preflight(path, run=False)
    change(folder, lambda cells: cells[0].update(metadata={"collapsed": True}))
    _, written = preflight.write_hand_in(found, folder / "hand-in")
    assert written.read_bytes() == found.content
    change(folder, lambda cells: cells.append({**cells[0], "id": "more"}))
    with pytest.raises(Fault, match="was changed while it was checked: run this once more"):
        preflight.write_hand_in(found, folder / "other")
    assert not (folder / "other").exists()
