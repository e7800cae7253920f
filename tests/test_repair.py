"""`classroom repair` puts back what grading needs, keeps every word of the student's, and says what it did."""

import copy
import json

import pytest

from classroom import cli
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.notebook_file import checksum, grade_id, source_of
from classroom.preflight import preflight
from classroom.repair import repair

STUB = "def relu(x):\n    raise NotImplementedError  # your code here"


def graded(name, source, **flags):
    marks = {"grade": False, "locked": True, "solution": False, "task": False, "grade_id": name} | flags
    made = {"cell_type": "code", "id": f"id-{name}", "metadata": {"nbgrader": marks}, "source": source}
    made |= {"outputs": [], "execution_count": None}
    if marks["locked"]:
        marks["checksum"] = checksum(made)
    return made


RELEASED = [
    {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Small"},
    graded("setup", 'check.open("small")'),
    graded("answer-relu", STUB, locked=False, solution=True),
    graded("relu", 'check("relu", relu)', grade=True, points=4),
    graded("answer-tanh", STUB.replace("relu", "tanh"), locked=False, solution=True),
    graded("tanh", 'check("tanh", tanh)', grade=True, points=4),
]


def cell(cells, name):
    return next(cell for cell in cells if grade_id(cell) == name)


@pytest.fixture
def handed(tmp_path):
    """Write a student's notebook whose cells were edited; the answer to relu is written."""

    def write(edit):
        AnswerSheet("small", "Small", {}, notebook=json.dumps({"cells": RELEASED})).save(tmp_path / "small.npz")
        cells = copy.deepcopy(RELEASED)
        cell(cells, "answer-relu")["source"] = ["def relu(x):\n", "    return x * (x > 0)"]
        cells.append({"cell_type": "code", "id": "own", "metadata": {}, "source": "mine = 1", "outputs": []})
        edit(cells)
        path = tmp_path / "small.ipynb"
        path.write_text(json.dumps({"cells": cells, "metadata": {"mine": 1}, "nbformat": 4, "nbformat_minor": 5}))
        return path

    return write


def read(path):
    return json.loads(path.read_text())["cells"]


def is_whole(cells):
    """All that was released is there once, in order, locked cells to the letter."""
    ids = [grade_id(cell) for cell in cells if grade_id(cell)]
    assert ids == [grade_id(cell) for cell in RELEASED if grade_id(cell)]
    for right in RELEASED:
        if grade_id(right) and right["metadata"]["nbgrader"]["locked"]:
            assert source_of(cell(cells, grade_id(right))) == right["source"]
            assert cell(cells, grade_id(right))["metadata"] == right["metadata"]
    assert "x * (x > 0)" in source_of(cell(cells, "answer-relu"))
    assert source_of(cells[-1]) == "mine = 1"
    return True


def test_a_whole_notebook_is_left_alone(handed, tmp_path):
    path = handed(lambda cells: None)
    before = path.read_bytes()
    found = repair(path)
    assert found.done == [] and found.backup is None and path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["small.ipynb", "small.npz"]
    assert found.to_text() == "small.ipynb: nothing to repair, all cells are in place"


def test_missing_cells_come_back_where_they_stood(handed):
    path = handed(lambda cells: [cells.remove(cell(cells, name)) for name in ("setup", "relu", "answer-tanh")])
    before = path.read_bytes()
    found = repair(path)
    assert is_whole(read(path))
    assert found.done == [
        "setup: it was missing and is back",
        "relu: it was missing and is back",
        "answer-tanh: it was missing and is back, empty as it was released",
    ]
    assert found.backup.name == "small.before-repair.ipynb" and found.backup.read_bytes() == before
    assert json.loads(path.read_text())["metadata"] == {"mine": 1}


def test_a_changed_check_comes_back_and_what_stood_there_is_kept_as_text(handed):
    path = handed(lambda cells: cell(cells, "relu").update(source="def helper():\n    return 1"))
    assert repair(path).done == [
        "relu: put back as it was released; what you had written there stands below it, as text"
    ]
    cells = read(path)
    assert is_whole(cells)
    below = cells[cells.index(cell(cells, "relu")) + 1]
    assert below["cell_type"] == "raw" and "def helper" in below["source"]


def test_changed_points_come_back_without_a_word_of_text(handed):
    path = handed(lambda cells: cell(cells, "relu")["metadata"]["nbgrader"].update(points=400))
    assert repair(path).done == ["relu: put back as it was released"] and is_whole(read(path))


def test_a_copy_of_a_check_or_of_a_stub_goes(handed):
    def double(cells):
        for name in ("relu", "answer-tanh"):
            cells.insert(-1, copy.deepcopy(cell(cells, name)))

    path = handed(double)
    assert repair(path).done == [
        "relu: it was there twice, the copy is gone",
        "answer-tanh: it was there twice, the copy is gone",
    ]
    assert is_whole(read(path))


def test_the_second_half_of_a_split_answer_stays(handed):
    def split(cells):
        second = copy.deepcopy(cell(cells, "answer-relu"))
        second["source"] = "def help_relu():\n    return 2"
        cells.insert(3, second)

    path = handed(split)
    assert repair(path).done == ["answer-relu: it was there twice; the second one is kept as a cell of your own"]
    cells = read(path)
    assert is_whole(cells) and any("help_relu" in source_of(one) for one in cells)


def test_notes_that_an_editor_lost_come_back(handed):
    def strip(cells):
        for one in cells:
            one["metadata"] = {}

    path = handed(strip)
    assert "answer-relu: its notes for grading were lost, and are back" in repair(path).done
    assert is_whole(read(path))


def test_an_answer_that_became_markdown_is_code_again(handed):
    def retype(cells):
        answer = cell(cells, "answer-relu")
        answer["cell_type"] = "markdown"
        del answer["outputs"], answer["execution_count"]

    path = handed(retype)
    assert repair(path).done == ["answer-relu: your answer is kept, its notes for grading are back"]
    mended = cell(read(path), "answer-relu")
    assert is_whole(read(path)) and mended["cell_type"] == "code" and mended["outputs"] == []


def test_a_second_repair_finds_nothing_and_no_backup_is_written_over(handed, tmp_path):
    path = handed(lambda cells: cells.remove(cell(cells, "relu")))
    first = repair(path).backup.read_bytes()
    assert repair(path).backup is None
    path.write_bytes(first)
    assert repair(path).backup.name == "small.before-repair-2.ipynb"
    assert (tmp_path / "small.before-repair.ipynb").read_bytes() == first


def test_a_sheet_without_the_notebook_is_told(handed, tmp_path):
    path = handed(lambda cells: None)
    AnswerSheet("small", "Small", {}).save(tmp_path / "small.npz")
    with pytest.raises(Fault, match=r"small\.npz does not hold the notebook as it was released"):
        repair(path)


def test_a_broken_file_is_left_as_it_is(handed, tmp_path):
    path = handed(lambda cells: None)
    path.write_text("")
    with pytest.raises(Fault, match="is empty"):
        repair(path)
    assert path.read_text() == "" and not list(tmp_path.glob("*before*"))


def test_the_command_says_what_it_did(handed, monkeypatch, capsys):
    path = handed(lambda cells: cells.remove(cell(cells, "relu")))
    monkeypatch.chdir(path.parent)
    with pytest.raises(SystemExit) as ended:
        cli.main(["repair"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        "small.ipynb: repaired",
        "  relu: it was missing and is back",
        "  what it was before lies in small.before-repair.ipynb",
    ]


def test_half_characters_are_no_reason_to_repair_nothing(handed):
    def edit(cells):
        cell(cells, "answer-relu")["source"] = "word = '\ud800'"
        cells.remove(cell(cells, "tanh"))

    path = handed(edit)
    assert repair(path).done and cell(read(path), "answer-relu")["source"] == "word = '\ud800'"


NO_NOTEBOOKS = {
    "nested without end": b'{"cells": [' + b"[" * 20_000,
    "nested in its metadata": b'{"cells": [], "metadata": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001,
    "in another encoding": b'{"cells": [{"source": "\xff"}]}',
    "of endless numbers": b'{"cells": [], "a": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("command", [repair, lambda path: preflight(path, run=False)])
@pytest.mark.parametrize("what", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_one_sentence_here_and_when_it_is_graded(handed, command, what):
    path = handed(lambda cells: None)
    path.write_bytes(NO_NOTEBOOKS[what])
    with pytest.raises(Fault, match=r"^small\.ipynb is "):
        command(path)
    assert path.read_bytes() == NO_NOTEBOOKS[what]


STRANGE_CELLS = {
    "no text": lambda cells: cell(cells, "relu").update(source=None),
    "a number as text": lambda cells: cell(cells, "answer-tanh").update(source=5),
    "lists in a list": lambda cells: cell(cells, "answer-tanh").update(source=[["a"], None]),
    "points that are a word": lambda cells: cell(cells, "relu")["metadata"]["nbgrader"].update(points="many"),
    "points without end": lambda cells: cell(cells, "relu")["metadata"]["nbgrader"].update(points=10**400),
    "no points": lambda cells: cell(cells, "relu")["metadata"]["nbgrader"].pop("points"),
    "half characters in a check": lambda cells: cell(cells, "relu").update(source="\udfff"),
    "nested code": lambda cells: cell(cells, "answer-tanh").update(source="def tanh(x):\n    return x" + "+1" * 9000),
    "a million signs": lambda cells: cell(cells, "answer-tanh").update(source="-" * 9000 + "1"),
    "ten million characters": lambda cells: cells.append({"cell_type": "raw", "metadata": {}, "source": "x" * 10**7}),
    "a check that cannot be read": lambda cells: cell(cells, "tanh").update(source="x" + "+1" * 9000),
}


@pytest.mark.parametrize("what", STRANGE_CELLS)
def test_strange_cells_are_looked_at_and_repaired_like_others(handed, what):
    path = handed(STRANGE_CELLS[what])
    looked = preflight(path, run=False)
    touched = what not in ("a number as text", "lists in a list", "nested code", "a million signs")
    assert bool(looked.problems) == touched, looked.problems
    repair(path)
    assert not [one for one in preflight(path, run=False).problems if "grading leaves it out" not in one]
