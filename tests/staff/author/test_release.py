"""A bundle goes out only when nothing in it answers for the student: each kind of leak, planted and refused."""

import io
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build, release

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


NAME = "activations"


FOLDER = f"02-{NAME}"  # the bundle carries the number of the assignment


def test_the_bundle_holds_a_notebook_a_sheet_the_wheel_and_a_page_of_text(bundle):
    _, files = bundle
    assert sorted(Path(name).name for name in files) == [
        "README.txt",
        "activations.ipynb",
        "activations.npz",
        "layerwise-0.1.0+1-py3-none-any.whl",
    ]
    readme = files[f"{FOLDER}/README.txt"].decode()
    assert len([line for line in readme.splitlines() if line]) == 15  # a page at a glance
    assert readme.startswith("Assignment 2 · Gradient check and activations (activations), of layerwise 0.1.0+1\n")
    assert "   pip install ./layerwise-0.1.0+1-py3-none-any.whl jupyterlab typer\n" in readme
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


def test_a_second_release_gives_the_same_bytes(bundle, released_course):
    path, _ = bundle
    before = path.read_bytes()
    assert release.release(released_course, NAME).read_bytes() == before


REFERENCE_LINE = "    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))"


def test_nothing_is_written_when_a_release_is_refused(released_course, bundle, monkeypatch):
    path, _ = bundle
    before, old = path.read_bytes(), (released_course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes()
    monkeypatch.setattr(release, "_readme", lambda *_: REFERENCE_LINE)
    with pytest.raises(Fault, match=r"README\.txt: holds a line of the reference"):
        release.release(released_course, NAME)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert (released_course.folder("release") / NAME / f"{NAME}.ipynb").read_bytes() == old
    assert not list(released_course.class_folder.glob(".release-*"))


@pytest.mark.parametrize("name", ["activations.py.orig", ".activations.py.swp", "drafts/answers.txt"])
def test_what_else_lies_beside_the_notebook_is_not_handed_out_with_it(released_course, name):
    """nbgrader copies all files but *.py into the release, where students and their code find them."""
    stray = released_course.folder("source") / NAME / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("ANSWER = 42\n")
    try:
        with pytest.raises(Fault, match=rf"activations is not released: {re.escape(name)} lies beside its notebook"):
            release.release(released_course, NAME)
        assert not (released_course.folder("release") / NAME / name).exists()
    finally:
        stray.unlink()


def test_nbgrader_copies_nothing_of_the_declarations(released_course):
    """Whatever lies in the folder: a module with a name that goes out from beside the notebook, a note, a folder."""
    declared = released_course.folder("source") / NAME / "exercises"
    strays = [declared / "given_answers.py", declared / "notes.txt", declared / "drafts" / "elu.npz"]
    (declared / "drafts").mkdir()
    for stray in strays:
        stray.write_text("ANSWER = 42\n")
    try:
        released = release.generate(released_course, NAME).parent
        assert {path.name for path in released.rglob("*")} <= {f"{NAME}.ipynb", f"{NAME}.npz"}
    finally:
        for stray in strays:
            stray.unlink()
        (declared / "drafts").rmdir()


def test_only_an_assignment_can_be_released(released_course):
    with pytest.raises(Fault, match="there is no notebook 'dropout': there are activations"):
        release.release(released_course, "dropout")


def test_the_released_notebook_follows_its_text(released_course):
    text = released_course.folder("source") / NAME / f"{NAME}.py"
    original = text.read_text()
    try:
        text.write_text(original + "\n# %% [markdown]\n# One more word.\n")
        release.release(released_course, NAME)
        assert "One more word" in (released_course.folder("release") / NAME / f"{NAME}.ipynb").read_text()
    finally:
        text.write_text(original)
        build.build(build.pairs(released_course.root, [NAME]), released_course.root)
