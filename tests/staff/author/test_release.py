"""A bundle goes out only when nothing in it answers for the student: each kind of leak, planted and refused."""

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from classroom import ledger
from classroom.call.value import arrays_in
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build, leak, release
from classroom.staff.declare.exercise import full_sheet, load_assignment
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NAME = "activations"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one assignment, as a teacher has it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    return Folders.of(root)


@pytest.fixture(scope="module")
def bundle(course):
    """The path of the bundle and its files."""
    path = release.release(course, NAME)
    with zipfile.ZipFile(path) as archive:
        return path, {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def hidden(course):
    return full_sheet(load_assignment(course.folder("source") / NAME), course.secret())


def test_the_bundle_holds_a_notebook_a_sheet_the_wheel_and_a_page_of_text(bundle):
    _, files = bundle
    assert sorted(Path(name).name for name in files) == [
        "README.txt",
        "activations.ipynb",
        "activations.npz",
        "layerwise-0.1.0-py3-none-any.whl",
    ]
    readme = files[f"{NAME}/README.txt"].decode()
    assert len([line for line in readme.splitlines() if line]) == 11  # a page at a glance
    assert "layerwise-0.1.0-py3-none-any.whl" in readme
    wheel = zipfile.ZipFile(io.BytesIO(files[f"{NAME}/layerwise-0.1.0-py3-none-any.whl"])).namelist()
    assert not [name for name in wheel if "staff" in name or "solutions" in name]


def test_the_released_notebook_is_the_one_that_nbgrader_made(bundle, course):
    _, files = bundle
    made = (course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes()
    assert files[f"{NAME}/{NAME}.ipynb"] == made
    notebook = nbformat.reads(made.decode(), as_version=4)
    assert all("checksum" in cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata)


def test_the_released_sheet_has_visible_cases_only(bundle, hidden, tmp_path):
    (tmp_path / "sheet.npz").write_bytes(bundle[1][f"{NAME}/{NAME}.npz"])
    sheet = AnswerSheet.load(tmp_path / "sheet.npz")
    assert set(sheet.exercises) == set(hidden.exercises)
    assert not any(case.hidden for exercise in sheet.exercises.values() for case in exercise.cases)
    assert any(case.hidden for exercise in hidden.exercises.values() for case in exercise.cases)


def test_a_second_release_gives_the_same_bytes(bundle, course):
    path, _ = bundle
    before = path.read_bytes()
    assert release.release(course, NAME).read_bytes() == before


def planted(files, name, change):
    """The bundle with one file changed."""
    return {**files, f"{NAME}/{name}": change(files.get(f"{NAME}/{name}", b""))}


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
def test_what_answers_for_the_student_is_refused(bundle, course, name, change, sentence):
    files = planted(bundle[1], name, change)
    with pytest.raises(Fault, match=r"activations is not released, \d+ places? in it") as refused:
        release.refuse_leaks(files, course, NAME)
    assert sentence in str(refused.value)


def hidden_array(hidden):
    """An expected output that only a hidden case has."""
    case = next(case for case in hidden.exercises["sigmoid_forward"].cases if case.hidden)
    return arrays_in(list(case.expected.values()))[0]


@pytest.mark.parametrize("form", ["an array of the sheet", "part of an array", "raw bytes", "text"])
def test_an_expected_output_of_a_hidden_case_is_refused_in_any_form(bundle, course, hidden, form):
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
    files = {**bundle[1], f"{NAME}/more.npz" if "array" in form else f"{NAME}/more.txt": stream.getvalue()}
    with pytest.raises(Fault, match="an expected output of sigmoid_forward"):
        release.refuse_leaks(files, course, NAME)


def test_nothing_is_written_when_a_release_is_refused(course, bundle, monkeypatch):
    path, _ = bundle
    before, old = path.read_bytes(), (course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes()
    monkeypatch.setattr(release, "_readme", lambda *_: REFERENCE_LINE)
    with pytest.raises(Fault, match=r"README\.txt: holds a line of the reference"):
        release.release(course, NAME)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert (course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes() == old
    assert not list(course.class_folder.glob(".release-*"))


@pytest.mark.parametrize("name", ["activations.py.orig", ".activations.py.swp", "drafts/answers.txt"])
def test_what_else_lies_beside_the_notebook_is_not_handed_out_with_it(course, name):
    """nbgrader copies all files but *.py into the release, where students and their code find them."""
    stray = course.folder("source") / NAME / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("ANSWER = 42\n")
    try:
        with pytest.raises(Fault, match=rf"activations is not released: {re.escape(name)} lies beside its notebook"):
            release.release(course, NAME)
        assert not (course.folder("release") / NAME / name).exists()
    finally:
        stray.unlink()


def test_nbgrader_copies_nothing_of_the_declarations(course):
    """Whatever lies in the folder: a module with a name that goes out from beside the notebook, a note, a folder."""
    declared = course.folder("source") / NAME / "exercises"
    strays = [declared / "given_answers.py", declared / "notes.txt", declared / "drafts" / "elu.npz"]
    (declared / "drafts").mkdir()
    for stray in strays:
        stray.write_text("ANSWER = 42\n")
    try:
        released = release.generate(course, NAME).parent
        assert {path.name for path in released.rglob("*")} <= {f"{NAME}.ipynb", f"{NAME}.npz"}
    finally:
        for stray in strays:
            stray.unlink()
        (declared / "drafts").rmdir()


def test_a_line_that_anyone_would_write_is_no_leak():
    lines = set(leak._code_lines("def f(x):\n    '''A docstring that is long enough to tell.'''\n    return x\n"))
    assert lines == set()


def test_only_an_assignment_can_be_released(course):
    with pytest.raises(Fault, match="there is no notebook 'dropout': there are activations"):
        release.release(course, "dropout")


def test_the_released_notebook_follows_its_text(course):
    text = course.folder("source") / NAME / f"{NAME}.py"
    original = text.read_text()
    try:
        text.write_text(original + "\n# %% [markdown]\n# One more word.\n")
        release.release(course, NAME)
        assert "One more word" in (course.folder("release") / NAME / f"{NAME}.ipynb").read_text()
    finally:
        text.write_text(original)
        build.build(build.pairs(course.root, [NAME]), course.root)


@pytest.fixture
def lectures(tmp_path):
    """A course with one assignment and one executed lecture."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "assignments" / NAME, tmp_path / "assignments" / NAME)
    (tmp_path / "course").mkdir()
    for suffix in (".py", ".toml", ".ipynb"):
        shutil.copy(ROOT / "course" / f"08_initialization{suffix}", tmp_path / "course")
    return Folders.of(tmp_path)


def test_the_lectures_go_out_executed_and_without_answers(lectures):
    with zipfile.ZipFile(release.release_lectures(lectures)) as archive:
        notebook, words = (f"lectures/08_initialization.{suffix}" for suffix in ("ipynb", "ledger"))
        assert sorted(archive.namelist()) == [notebook, words, "lectures/README.txt"]
        shown = archive.read(notebook)
    assert shown == (lectures.root / "course" / "08_initialization.ipynb").read_bytes()
    assert b"image/png" in shown


def test_a_lecture_that_went_out_finds_its_ledger_beside_it(lectures, tmp_path, monkeypatch):
    with zipfile.ZipFile(release.release_lectures(lectures)) as archive:
        archive.extractall(tmp_path / "reader")
    monkeypatch.setattr(ledger, "_current", None)
    monkeypatch.chdir(tmp_path / "reader" / "lectures")
    ledger.use("08_initialization")
    question = ledger.current().prediction("fan-in")
    assert question.answer == 75
    assert question.explanation not in (tmp_path / "reader" / "lectures" / "08_initialization.ledger").read_text()


def test_a_lecture_that_shows_an_answer_is_refused(lectures):
    notebook = lectures.root / "course" / "08_initialization.ipynb"
    made = nbformat.read(notebook, as_version=4)
    text = (lectures.root / "course" / "08_initialization.py").read_text() + f"\n# %%\ndef f(x):\n{REFERENCE_LINE}\n"
    (lectures.root / "course" / "08_initialization.py").write_text(text)
    with pytest.raises(Fault, match=r"08_initialization\.ipynb differs from its text"):
        release.release_lectures(lectures)
    made.cells.append(nbformat.v4.new_code_cell(f"def f(x):\n{REFERENCE_LINE}"))
    content = nbformat.writes(made).encode()
    with pytest.raises(Fault, match="activations is not released, 1 place in it would"):
        release.refuse_leaks({"lectures/08_initialization.ipynb": content}, lectures, NAME, imports=True)
