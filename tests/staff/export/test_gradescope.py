"""Gradescope's autograder: the zip that is uploaded, run as Gradescope runs it."""

import json
import os
import stat
import subprocess
import sys
import zipfile

import pytest
import small_course
from small_course import RIGHT, answered, cells, notebook

from classroom.staff.export import gradescope_run
from classroom.staff.export.gradescope import write_autograder
from classroom.staff.folders import Folders
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.sandbox import Capabilities

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    return write_autograder(Folders.of(root), "small")


@pytest.fixture(scope="module")
def source(archive, tmp_path_factory):
    """The zip as Gradescope unpacks it."""
    folder = tmp_path_factory.mktemp("autograder") / "source"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def submitted(source, tmp_path, files):
    """Lay out Gradescope's folder with a submission in it."""
    (tmp_path / "submission").mkdir()
    for name, content in files.items():
        (tmp_path / "submission" / name).write_bytes(content)
    (tmp_path / "source").symlink_to(source)
    return tmp_path


def run(root, python=sys.executable):
    """Run `run_autograder` and read what it leaves for Gradescope."""
    environment = {"PATH": os.environ["PATH"], "LAYERWISE_ROOT": str(root), "LAYERWISE_PYTHON": python}
    command = ["bash", str(root / "source/run_autograder")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((root / "results/results.json").read_text())


def test_the_zip_has_what_gradescope_starts_and_nothing_of_the_authors(archive):
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
        rights = {info.filename: info.external_attr >> 16 for info in opened.infolist()}
        pinned = opened.read("requirements.txt").decode().split()
    assert {"setup.sh", "run_autograder", "requirements.txt", "exam.json", "classroom/digits.npz"} <= names
    assert rights["run_autograder"] & stat.S_IXUSR and rights["setup.sh"] & stat.S_IXUSR
    assert not [name for name in names if name.startswith(("solutions", "assignments")) or name.endswith(".ipynb")]
    assert all("==" in one for one in pinned)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
def test_a_submission_earns_what_it_earns_elsewhere(source, tmp_path):
    wrong = answered({**RIGHT, "answer-double": "def double(x):\n    return x**2\n", "explain": "Words."})
    found = run(submitted(source, tmp_path, {"my work.ipynb": wrong, "notes.txt": b""}))
    assert [(one["name"], one["score"], one["max_score"], one["status"]) for one in found["tests"]] == [
        ("double", 0.0, 2.0, "failed"),
        ("relu_backward", 4.0, 4.0, "passed"),
        ("quiz_1", 1.0, 1.0, "passed"),
    ]
    assert found["score"] == 5.0 and "0 of 2 points" in found["tests"][0]["output"]
    assert "my work.ipynb was taken for small.ipynb" in found["output"]
    assert "A person has still to grade: explain" in found["output"]


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no notebook was handed in"),
        ({"small.ipynb": b"no notebook"}, "not JSON"),
        ({"small.ipynb": notebook(cells())}, ""),
    ],
)
def test_what_cannot_be_graded_is_a_zero_with_its_reason(source, tmp_path, files, reason):
    root = submitted(source, tmp_path, files)
    found = gradescope_run.run(root)
    assert found["score"] == 0 and len(found["tests"]) >= 3 and reason in found["output"]


def test_without_a_sandbox_nothing_is_run_and_the_student_is_told_kindly(source, tmp_path, monkeypatch):
    monkeypatch.setattr(gradescope_run, "capabilities", lambda: Capabilities("", False, False, 0, "no namespaces"))
    monkeypatch.setattr(gradescope_run.worker, "grade", lambda *_: pytest.fail("student code is run"))
    found = gradescope_run.run(submitted(source, tmp_path, {"small.ipynb": answered()}))
    assert found["extra_data"] == {"graded": False} and "tests" not in found
    assert "was not graded" in found["output"] and "no namespaces" in found["output"]
    assert "Nothing is wrong with your file" in found["output"]


def test_a_grader_that_does_not_start_leaves_a_kind_sentence(source, tmp_path):
    found = run(submitted(source, tmp_path, {"small.ipynb": answered()}), python="/bin/false")
    assert found["score"] == 0 and "Nothing is wrong with your file" in found["output"]
