"""A bundle goes out only when nothing in it answers for the student: each kind of leak, planted and refused."""

import hashlib
import io
import json
import re
import shutil
import sqlite3
import tomllib
import zipfile
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from student_machine import bundle_of

from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import release
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.report.marks import read_marks
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


NAME = "activations"


FOLDER = f"02-{NAME}"  # the bundle carries the number of the assignment


@pytest.fixture(scope="module")
def small_release(new_course, tmp_path_factory):
    """A course whose assignment of one function and one question is released: what costs seconds elsewhere is quick."""
    course = Folders.of(shutil.copytree(new_course.root, tmp_path_factory.mktemp("small") / "course"))
    release.release(course, "cosine")
    return course


@pytest.fixture
def small(small_release, tmp_path):
    """A copy of it, to be changed."""
    return Folders.of(shutil.copytree(small_release.root, tmp_path / "small"))


def test_the_bundle_holds_a_notebook_a_sheet_the_wheel_and_a_page_of_text(bundle):
    _, files = bundle
    assert sorted(Path(name).name for name in files) == [
        "README.txt",
        "activations.ipynb",
        "activations.npz",
        "layerwise-0.1.0+1-py3-none-any.whl",
    ]
    readme = files[f"{FOLDER}/README.txt"].decode()
    assert len([line for line in readme.splitlines() if line]) == 16  # a page at a glance
    assert readme.startswith("Assignment 2 · Gradient check and activations (activations), of layerwise 0.1.0+1\n")
    assert "   pip install ./layerwise-0.1.0+1-py3-none-any.whl jupyterlab typer\n" in readme
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {re.split("[<>=]", line)[0] for line in extras["lab"]} == set(re.search(r"whl (.*)\n", readme)[1].split())
    assert "when a check has not come back after some minutes, restart the kernel.\n" in readme
    assert "\nAfter step 3 everything works without a network." in readme
    assert "One environment serves all assignments of the course" in readme
    assert "python3 -m venv ~/layerwise\n" in readme and "source ~/layerwise/bin/activate " in readme
    wheel = zipfile.ZipFile(io.BytesIO(files[f"{FOLDER}/layerwise-0.1.0+1-py3-none-any.whl"])).namelist()
    assert not [name for name in wheel if "staff" in name or "solutions" in name]


def test_the_released_notebook_is_the_one_that_nbgrader_made(bundle, released_course):
    _, files = bundle
    made = (released_course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes()
    assert files[f"{FOLDER}/{NAME}.ipynb"] == made
    notebook = nbformat.reads(made.decode(), as_version=4)
    assert all("checksum" in cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata)


def test_the_released_sheet_has_visible_cases_only(bundle, hidden, tmp_path):
    (tmp_path / "sheet.npz").write_bytes(bundle[1][f"{FOLDER}/{NAME}.npz"])
    sheet = AnswerSheet.load(tmp_path / "sheet.npz")
    assert set(sheet.exercises) == set(hidden.exercises)
    assert not any(case.hidden for exercise in sheet.exercises.values() for case in exercise.cases)
    assert any(case.hidden for exercise in hidden.exercises.values() for case in exercise.cases)


def test_a_second_release_gives_the_same_bytes(small):
    path = bundle_of(small.root)
    before = path.read_bytes()
    assert release.release(small, "cosine") == path
    assert path.read_bytes() == before


def test_a_deadline_and_its_late_rule_go_out_with_the_bundle(small):
    set_dates(small, "cosine", zone="Europe/Berlin", due="2199-10-03 23:59", late="10 %/day, at most 3 days")
    bundle = release.release(small, "cosine")
    with zipfile.ZipFile(bundle) as archive:
        readme, dates = (archive.read(f"{bundle.stem}/{name}") for name in ("README.txt", "dates.json"))
    told = json.loads(dates)
    assert told["text"].startswith("Due Thu 3 Oct 2199, 23:59 (Europe/Berlin). Late work loses 10 % of all points")
    assert readme.decode().splitlines()[1] == told["text"]
    assert (told["due"], told["due_utc"]) == ("2199-10-03T23:59:00+02:00", "2199-10-03T21:59:00Z")
    assert (small.folder("release") / "cosine" / "dates.json").read_bytes() == dates


REFERENCE_LINE = "    length = np.sqrt((x**2).sum(axis=1, keepdims=True))"


def test_nothing_is_written_when_a_release_is_refused(small, monkeypatch):
    before = handed_out(small)
    monkeypatch.setattr(release, "_readme", lambda *_: REFERENCE_LINE)
    with pytest.raises(Fault, match=r"README\.txt: holds a line of the reference"):
        release.release(small, "cosine")
    assert handed_out(small) == before
    assert not list(small.class_folder.glob(".release-*"))


GIVEN = """import numpy as np


def rows(x):
    n = np.sqrt((x * x).sum(1))[:, None]
    return x / (n + (n == 0))
"""


def test_what_goes_out_though_it_answers_stands_in_the_log(small):
    (small.folder("source") / "cosine" / "given_rows.py").write_text(GIVEN)
    with pytest.raises(Fault, match=r"given_rows\.rows answers unit_rows of cosine"):
        release.release(small, "cosine")
    path = release.release(small, "cosine", despite=["given_rows"])
    entry = [one for one in AuditLog(small, "").read() if one["act"] == "released"][-1]
    assert entry["despite"] == {"given_rows": "unit_rows of cosine"}
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["cosine.py.orig", ".cosine.py.swp", "drafts/answers.txt"])
def test_what_else_lies_beside_the_notebook_is_not_handed_out_with_it(small, name):
    """nbgrader copies all files but *.py into the release, where students and their code find them."""
    stray = small.folder("source") / "cosine" / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("ANSWER = 42\n")
    with pytest.raises(Fault, match=rf"cosine is not released: {re.escape(name)} lies beside its notebook"):
        release.release(small, "cosine")
    assert not (small.folder("release") / "cosine" / name).exists()


def test_nbgrader_copies_nothing_of_the_declarations(small):
    """Whatever lies in the folder: a module with a name that goes out from beside the notebook, a note, a folder."""
    declared = small.folder("source") / "cosine" / "exercises"
    (declared / "drafts").mkdir()
    for stray in ("given_answers.py", "notes.txt", "drafts/elu.npz"):
        (declared / stray).write_text("ANSWER = 42\n")
    released = release.generate(small, "cosine").parent
    assert {path.name for path in released.rglob("*")} <= {"cosine.ipynb", "cosine.npz"}


def test_what_nbgrader_cannot_make_leaves_the_old_release(small, monkeypatch):
    before = handed_out(small)
    api = release.nbgrader_api(small)

    def half(name, **_):
        made = Path(api.coursedir.release_directory) / name / f"{name}.ipynb"
        made.parent.mkdir()
        made.write_text("{}")
        return {"success": False, "log": "ValueError: the cell has no points"}

    monkeypatch.setattr(api, "generate_assignment", half)
    monkeypatch.setattr(release, "nbgrader_api", lambda _: api)
    with pytest.raises(Fault, match="nbgrader could not generate cosine: ValueError: the cell has no points"):
        release.release(small, "cosine")
    assert handed_out(small) == before
    assert not list(small.class_folder.glob(".release-*"))


def handed_out(course):
    """What students have of a course: every released file and every bundle."""
    folders = (course.folder("release"), course.folder("release").parent / "bundles")
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def graded_course(small_release, tmp_path_factory):
    """A course in which ada is right, bob wrote nothing, and a person has given bob half a point for the question."""
    course = Folders.of(shutil.copytree(small_release.root, tmp_path_factory.mktemp("graded") / "course"))
    for student, folder in (("ada", "source"), ("bob", "release")):
        place = course.folder("submitted") / student / "cosine"
        place.mkdir(parents=True)
        shutil.copy(course.folder(folder) / "cosine/cosine.ipynb", place)
    grade_assignment(course.root, "cosine", workers=1)
    with import_nbgrader().Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.find_grade("quiz_1", "cosine", "cosine", "bob").manual_score = 0.5
        gradebook.db.commit()
    return course


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
@pytest.mark.parametrize(("void", "most", "ada", "bob"), [("full", 8.0, 8.0, 6.5), ("out", 2.0, 2.0, 0.5)])
def test_an_exercise_that_turns_out_broken_is_void_once_its_teacher_insists(
    graded_course, tmp_path, void, most, ada, bob
):
    course = Folders.of(shutil.copytree(graded_course.root, tmp_path / "course"))
    text = course.folder("source") / "cosine/cosine.py"
    text.write_text(text.read_text().replace('id="unit_rows" points=6', f'id="unit_rows" points=6 void="{void}"'))

    def rows():
        with closing(sqlite3.connect(course.class_folder / "gradebook.db")) as connection:
            return list(connection.iterdump())

    before = handed_out(course), rows()
    with pytest.raises(Fault, match=r"2 have handed in cosine(.|\n)*unit_rows is void(.|\n)*release cosine --again"):
        release.release(course, "cosine")
    assert (handed_out(course), rows()) == before
    release.release(course, "cosine", again=True)
    grade_assignment(course.root, "cosine", workers=1)
    marks = read_marks(course, "cosine")
    assert {student: (one.earned, one.points) for student, one in marks.items()} == {
        "ada": (ada, most),
        "bob": (bob, most),  # with the half point of a person
    }


def test_only_an_assignment_can_be_released(released_course):
    with pytest.raises(Fault, match="there is no notebook 'dropout': there are activations"):
        release.release(released_course, "dropout")


def test_the_released_notebook_follows_its_text(small):
    text = small.folder("source") / "cosine" / "cosine.py"
    text.write_text(text.read_text() + "\n# %% [markdown]\n# One more word.\n")
    release.release(small, "cosine")
    assert "One more word" in (small.folder("release") / "cosine" / "cosine.ipynb").read_text()
