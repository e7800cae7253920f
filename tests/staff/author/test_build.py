"""Text to notebook: roles, answers, the same bytes every time, and a clear refusal of what would not hold."""

import base64
import json
import os
import shutil
import struct
import zlib
from pathlib import Path

import nbformat
import pytest

from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.notebook import answer, compose, to_text

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LECTURE = """\
# %% [markdown]
# # A small lecture

# %%
import matplotlib.pyplot as plt
import numpy as np

print(f"{np.sqrt(2):.3f}")

# %%
plt.plot([0, 1])
plt.show()

# %%
1 + 1
"""
# The same without the import of matplotlib, which takes longer than all else in it, for all that is not about figures.
QUICK = LECTURE.replace("import matplotlib.pyplot as plt\n", "").replace("plt.plot([0, 1])\nplt.show()", "np.arange(2)")
LEDGER = """\
# The claims of a small lecture.
[claim."L1.1-three"]
statement = "Three is two."
source = "slide 1"
expected = 2.0
tolerance = 0.1
digits = 2
refuted_by = 3.0
"""
ASSIGNMENT = """\
# %% [markdown]
# # A small assignment

# %% role="setup" id="setup"
import numpy as np

# %% role="answer" id="relu"
from solutions.activation import relu_backward, relu_forward

# %% role="check" id="relu_forward" points=4
relu_forward(np.zeros(1))

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a" or "b"
"""


@pytest.fixture
def course(tmp_path):
    """A course of one lecture and one assignment; call it with other texts to change them."""

    def write(lecture=QUICK, assignment=ASSIGNMENT):
        for path, text in (("course/01_small.py", lecture), ("assignments/tiny/tiny.py", assignment)):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    write()
    return write


def test_two_builds_of_a_lecture_give_the_same_bytes(course):
    root = course(lecture=LECTURE)
    pair = build.pairs(root, ["01_small"])[0]
    build.build([pair], root)
    first = pair.notebook.read_bytes()
    build.build([pair], root)
    assert pair.notebook.read_bytes() == first
    notebook = nbformat.reads(first.decode(), as_version=4)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3]
    assert notebook.cells[1].outputs[0].text == "1.414\n"
    assert "image/png" in notebook.cells[2].outputs[0].data
    assert notebook.metadata.language_info == {"name": "python"}
    assert str(root).encode() not in first and b"Matplotlib" not in base64.b64decode(
        notebook.cells[2].outputs[0].data["image/png"]
    )


def test_a_lecture_builds_to_the_same_bytes_and_to_the_committed_ones_on_any_processor(tmp_path, monkeypatch):
    """Twice from nothing, the same bytes; beside the committed notebook its bytes, with another kernel of OpenBLAS."""
    made = []
    for name, lecture in (("first", "00_start"), ("second", "00_start"), ("beside", "04_linear")):
        pair = build.pairs(ROOT, [lecture])[0]
        folder = tmp_path / name / "course"
        folder.mkdir(parents=True)
        for path in (pair.text, pair.text.with_suffix(".toml"), *([pair.notebook] if name == "beside" else [])):
            shutil.copy(path, folder)
        if name == "beside":
            monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")  # the oldest: any processor with OpenBLAS runs it
        copy = build.pairs(tmp_path / name)[0]
        build.build([copy], tmp_path / name)
        made.append(copy.notebook.read_bytes())
    assert made[0] == made[1]
    assert made[2] == pair.notebook.read_bytes()


def test_roles_become_nbgrader_metadata(course):
    notebook = compose(ASSIGNMENT, "tiny")
    setup, answers, check, quiz = (cell.metadata.nbgrader for cell in notebook.cells[2:])
    assert [cell.grade_id for cell in (setup, answers, check, quiz)] == [
        "setup",
        "answer-relu",
        "relu_forward",
        "answer-quiz_1",
    ]
    assert (check.grade, check.locked, check.solution, check.points, check.schema_version) == (True, True, False, 4, 3)
    assert (answers.grade, answers.locked, answers.solution) == (False, False, True)
    assert (setup.grade, setup.locked, setup.solution) == (False, True, False)
    assert "nbgrader" not in notebook.cells[0].metadata


def test_an_answer_cell_gets_the_source_between_solution_marks():
    source = answer("from solutions.activation import relu_backward, relu_forward", "tiny")
    forward, backward = source.index("def relu_forward(x"), source.index("def relu_backward(grad_y")
    assert forward < backward
    assert source.count("    ### BEGIN SOLUTION\n") == source.count("    ### END SOLUTION") == 2
    assert "solutions" not in source.replace("SOLUTION", "")
    opened = source.split("### BEGIN SOLUTION")[0]
    assert '"""' in opened and "return" not in opened.split('"""')[2]
    space: dict = {}
    exec("import numpy as np\n" + source, space)
    y, cache = space["relu_forward"](__import__("numpy").array([-1.0, 2.0]))
    assert y.tolist() == [0, 2]
    assert space["relu_backward"](__import__("numpy").array([5.0, 7.0]), cache).tolist() == [0, 7]


def test_every_answer_of_every_assignment_stands_alone_after_the_setup():
    for pair in build.pairs(ROOT):
        if pair.kind == "assignment":
            notebook = compose(pair.text.read_text(), pair.name)
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    compile(cell.source, f"{pair.name}:{cell.metadata.nbgrader.grade_id}", "exec")
                    assert "import" not in cell.source or "from solutions" not in cell.source
                    assert "classroom.staff" not in cell.source


def test_an_answer_cell_without_a_solution_import_stays_as_it_is():
    assert answer("answer_1 = None", "tiny") == "answer_1 = None"


def test_an_answer_that_mixes_import_and_code_is_refused():
    with pytest.raises(Fault, match="tiny: an answer cell that imports from solutions holds nothing else"):
        answer("from solutions.activation import relu_forward\nx = 1", "tiny")


def test_cell_ids_come_from_the_text_alone():
    ids = [cell.id for cell in compose(ASSIGNMENT, "tiny").cells]
    assert ids == [cell.id for cell in compose(ASSIGNMENT, "other").cells]
    assert len(set(ids)) == len(ids)
    more = compose(ASSIGNMENT + "\n# %%\nx = 1\n\n# %%\nx = 1\n", "tiny")
    assert [cell.id for cell in more.cells][: len(ids)] == ids
    assert more.cells[-1].id != more.cells[-2].id


def test_the_right_choice_stands_between_marks_and_none_above_it():
    quiz = compose(ASSIGNMENT, "tiny").cells[-1].source
    assert quiz == 'answer_1 = None  # "a" or "b"\n### BEGIN SOLUTION\nanswer_1 = "b"\n### END SOLUTION'
    with pytest.raises(Fault, match=r"the cell of a question reads  answer_1 = .* not 'answer_1 = None'"):
        compose(ASSIGNMENT.replace('answer_1 = "b"  # "a" or "b"', "answer_1 = None"), "tiny")


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ('role="chek" id="a" points=1', "a cell has the role 'chek', the roles are setup, given, check"),
        ('role="check" points=1', "a cell with the role check needs an id"),
        ('role="check" id="a"', "cell a: a check needs points"),
        ('role="hunt" id="quiz_1"', "the id answer-quiz_1 is used for more than one cell"),
    ],
)
def test_a_wrong_header_is_one_sentence(header, sentence):
    line = len(ASSIGNMENT.splitlines()) + 2
    with pytest.raises(Fault, match=f"^tiny(.py:{line})?: .*{sentence}"):
        compose(ASSIGNMENT + f"\n# %% {header}\nx = 1\n", "tiny")


def test_check_says_which_pair_is_out_of_step(course, capsys):
    root = course()
    assert build.run(root, [], check=True) == 1
    assert "01_small.ipynb: was never built" in capsys.readouterr().err
    build.build(build.pairs(root), root)
    assert build.run(root, [], check=True) == 0
    course(lecture=QUICK.replace("sqrt(2)", "sqrt(3)"))
    assert build.run(root, [], check=True) == 1
    assert "01_small.ipynb: differs from its text" in capsys.readouterr().err
    course(assignment=ASSIGNMENT.replace("points=4", "points=5"))
    assert build.run(root, ["tiny"], check=True) == 1
    assert "tiny.ipynb: differs from its text" in capsys.readouterr().err


def test_check_finds_a_lecture_that_was_not_run_in_order(course):
    root = course()
    pair = build.pairs(root, ["01_small"])[0]
    pair.notebook.write_text(to_text(compose(QUICK, "01_small")))
    assert build.out_of_step(pair) == "was not run from top to bottom, build it again"
    pair.notebook.write_text("{")
    assert build.out_of_step(pair) == "is not a notebook, build it again"


CLAIMING = """
# %%
from classroom import claim, ledger

ledger.use("01_small")
claim("L1.1-three", {value})
"""


@pytest.fixture(scope="module")
def claimed(tmp_path_factory):
    """A course whose lecture has one claim, built once for all that rebuild it."""
    root = tmp_path_factory.mktemp("claimed")
    (root / "course").mkdir()
    measured = 'float(open("value.txt").read())'
    (root / "course" / "01_small.py").write_text(QUICK + CLAIMING.format(value=measured))
    (root / "course" / "01_small.toml").write_text(LEDGER)
    (root / "course" / "value.txt").write_text("2.0312")
    build.build(build.pairs(root, ["01_small"]), root)
    return root


@pytest.fixture
def claiming(claimed, tmp_path):
    """A copy of it; call it to write another value into what the lecture measures."""
    root = shutil.copytree(claimed, tmp_path / "claiming")

    def measure(value):
        (root / "course" / "value.txt").write_text(value)
        return root

    return measure


def test_a_rebuild_that_differs_by_rounding_only_changes_no_byte(claiming):
    pair = build.pairs(claiming("2.0361"), ["01_small"])[0]
    before = pair.notebook.read_bytes()
    build.build([pair], claiming("2.0361"))
    assert pair.notebook.read_bytes() == before
    build.build([pair], claiming("2.0361"), fresh=True)
    assert b"2.0361" in pair.notebook.read_bytes()


def test_a_number_that_moved_by_more_than_rounding_is_written(claiming):
    pair = build.pairs(claiming("1.93"), ["01_small"])[0]
    build.build([pair], claiming("1.93"))
    assert "measured 1.93" in pair.notebook.read_text()


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        ("01_small.toml", ("2.0\n", "2.05\n"), "2 ± 0.1 was expected, the ledger says 2.05 ± 0.1; build it again"),
        ("01_small.toml", ("Three is two", "Two is two"), "the statement is another; build it again"),
        (
            "01_small.toml",
            ("refuted_by = 3.0", ""),
            "cannot be built: 01_small.toml, line 2, claim L1.1-three: refuted_by",
        ),
        ("01_small.toml", ("tolerance", "tolerence"), "01_small.toml, line 2, claim L1.1-three: tolerence is no key"),
        ("01_small.ipynb", ("measured 2.0", "measured 2.1"), "what is shown is not what was recorded"),
    ],
)
def test_check_finds_a_number_or_a_word_that_was_changed(claiming, capsys, file, change, sentence):
    root = claiming("2.0312")
    assert build.run(root, ["01_small"], check=True) == 0
    path = root / "course" / file
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change))
    assert build.run(root, ["01_small"], check=True) == 1
    assert sentence in capsys.readouterr().err


def reword(root, old, new, name="01_small.py"):
    """Change a word of the lecture, as an author does after it was built."""
    path = root / "course" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return build.pairs(root, ["01_small"])[0]


@pytest.fixture
def ran(monkeypatch):
    """Count the lectures that are run."""
    names, execute = [], build.execute
    monkeypatch.setattr(
        build, "execute", lambda notebook, name, folder: names.append(name) or execute(notebook, name, folder)
    )
    return names


def test_a_lecture_of_which_the_prose_alone_changed_is_not_run_again(claiming, ran):
    root = claiming("2.0312")
    os.utime(root / "course" / "value.txt", (0, 0))
    pair = reword(root, "A small lecture", "Another small lecture")
    build.build([pair], root)
    quick = pair.notebook.read_bytes()
    assert ran == [] and b"Another small lecture" in quick and build.out_of_step(pair) == ""
    build.build([pair], root)
    assert ran == ["01_small"] and pair.notebook.read_bytes() == quick  # in step, it is run: and shows the same


@pytest.mark.parametrize("change", ["code", "a file beside it", "a word of the ledger"])
def test_a_lecture_of_which_anything_else_changed_is_run(claiming, ran, change):
    root = claiming("2.0312")
    os.utime(root / "course" / "value.txt", (0, 0))
    pair = reword(root, "A small lecture", "Another small lecture")
    if change == "code":
        reword(root, "claim(", "claim( ")
    elif change == "a file beside it":
        later = pair.notebook.stat().st_mtime + 1
        os.utime(root / "course" / "value.txt", (later, later))
    else:
        reword(root, "Three is two", "Two is two", "01_small.toml")
    build.build([pair], root)
    assert ran == ["01_small"]


def test_an_unknown_name_lists_what_there_is(course):
    with pytest.raises(Fault, match="no notebook '02_large': there are 01_small, tiny"):
        build.run(course(), ["02_large"])
    with pytest.raises(Fault, match="holds no course"):
        build.run(course() / "course", [])


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (
            'from classroom import claim, ledger\nledger.use("01_small")\nclaim("L1.1-three", 3.0)',
            r"01_small: cell 5 stopped with ClaimError: 01_small\.toml, line 2, claim L1\.1-three: 1 of 1 entries",
        ),
        (
            'from classroom import claim, ledger\nledger.use("01_small")',
            r"01_small\.toml, line 2, claim L1\.1-three: no cell of 01_small\.py uses it",
        ),
        ("1 / 0", "01_small: cell 5 stopped with ZeroDivisionError: division by zero"),
        ('import warnings\nwarnings.warn("this is old")', "01_small: cell 5 writes to stderr: .*this is old"),
        ("object()", r"01_small: cell 5 shows a memory address \(at 0x"),
        (
            'from IPython.display import HTML\nHTML("<script>1</script>")',
            r"01_small: cell 5 shows HTML with '<script': a page loads and runs nothing",
        ),
    ],
)
def test_a_lecture_that_does_not_hold_is_not_built(course, cell, sentence):
    root = course(lecture=f"{QUICK}\n# %%\n{cell}\n")
    if "claim" in cell:
        (root / "course" / "01_small.toml").write_text(LEDGER)
    with pytest.raises(Fault, match=sentence):
        build.run(root, ["01_small"])
    assert not (root / "course" / "01_small.ipynb").exists()


def test_a_claim_that_could_not_fail_is_refused_before_anything_runs(claiming, ran):
    root = claiming("2.0312")
    built = build.pairs(root, ["01_small"])[0].notebook.read_bytes()
    pair = reword(root, "refuted_by = 3.0\n", "", "01_small.toml")
    with pytest.raises(
        Fault, match=r"claim L1\.1-three: refuted_by is missing, the value that would give the opposite"
    ):
        build.run(root, ["01_small"])
    assert ran == [] and pair.notebook.read_bytes() == built


def test_of_several_notebooks_none_is_written_when_one_cannot_be_built(course):
    root = course(lecture=f"{QUICK}\n# %%\n1 / 0\n")
    with pytest.raises(Fault, match="01_small: cell 5 stopped with ZeroDivisionError"):
        build.build(build.pairs(root), root)
    assert not list(root.rglob("*.ipynb"))


def test_a_lecture_over_its_size_is_not_built(course, monkeypatch):
    monkeypatch.setattr(build, "LARGEST_LECTURE", 1000)
    with pytest.raises(Fault, match=r"01_small: the notebook has .* bytes, needs at most 1000"):
        build.run(course(), ["01_small"])


def test_text_and_time_leave_a_picture():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", b"0" * 13), chunk(b"tEXt", b"Software\0x"), chunk(b"IEND", b"")]
    clean = base64.b64decode(build._without_comments(base64.b64encode(b"".join(parts)).decode()))
    assert clean == parts[0] + parts[1] + parts[3]


def test_the_committed_notebooks_are_valid_and_name_no_machine():
    for pair in build.pairs(ROOT):
        notebook = json.loads(pair.notebook.read_text())
        nbformat.validate(nbformat.from_dict(notebook))
        assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
        assert str(ROOT) not in pair.notebook.read_text()
