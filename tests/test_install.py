"""The installs of students and staff, for real, on the promised versions of Python that this machine has.

An environment costs a minute.  So pip makes one, for another Python than runs these tests, in turn by the day of the
year; EVERY_PYTHON=1 makes them all.  For the Python that runs them, the packages are those it has already.
"""

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from declared import checks, points
from instructor_machine import NAME, clone, hand_in, type_in
from student_machine import ROOT, add, bundle_of, install, run, unpack

pytestmark = pytest.mark.slow

VERSIONS = ("3.11", "3.12", "3.13")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def in_turn(day: datetime.date) -> list[str]:
    """Return the versions whose turn it is: this Python's own, and one other."""
    others = [version for version in VERSIONS if version != HERE]
    chosen = others if os.environ.get("EVERY_PYTHON") else [others[day.timetuple().tm_yday % len(others)]]
    return [HERE, *chosen]


def interpreter(version: str) -> str | None:
    """Find a Python of this version: on the path, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    for candidate in candidates:
        if candidate and not subprocess.run([candidate, "-c", "import ensurepip"], capture_output=True).returncode:
            return candidate
    return None


@pytest.fixture(scope="module")
def bundle(released):
    """The released bundle of an assignment."""
    return bundle_of(released(NAME))


@pytest.fixture(scope="module", params=in_turn(datetime.date.today()))
def installed(request, bundle, tmp_path_factory):
    """The version, the folder of a student's notebook, and the programs of the environment that was made for it."""
    python = sys.executable if request.param == HERE else interpreter(request.param)
    if python is None:
        pytest.skip(f"this machine has no Python {request.param}")
    home = tmp_path_factory.mktemp("student")
    folder = unpack(bundle, home)
    if request.param == HERE:
        return HERE, folder, request.getfixturevalue("student_programs")
    return request.param, folder, install(python, folder, home / "environment") / "bin"


def test_the_students_bundle_installs_and_runs(installed, tmp_path):
    _, folder, programs = installed
    listed = run([programs / "classroom", "--help"], folder, tmp_path)
    assert "preflight" in listed and "submit" in listed and "│ release " not in listed
    assert "1797 images of shape (1, 8, 8)" in run([programs / "classroom", "data", "digits"], folder, tmp_path)
    imports = "from classroom import check, claim, data, figure, predict; import jupyterlab; print('ready')"
    assert run([programs / "python", "-W", "error::SyntaxWarning", "-c", imports], folder, tmp_path) == "ready\n"
    looked = run([programs / "classroom", "preflight"], folder, tmp_path, code=1)
    assert f"{NAME}.ipynb: nothing is written yet" in looked
    assert f"{checks(NAME)} checks" in looked and f": 0 of {points(NAME):g}" in looked


def test_staff_releases_and_grades(installed, tmp_path):
    """In the student's environment, to which comes what staff needs; the steps of a whole term are tested elsewhere."""
    version, _, programs = installed
    if version == HERE:
        pytest.skip("these tests themselves run on this Python")
    add(programs, "--editable", f"{ROOT}[staff]")
    root = clone(tmp_path / "course")
    type_in(programs, ["classroom", "release", NAME], root, tmp_path)
    hand_in(root, f"class/submitted/{{student}}/{NAME}")
    assert "3 graded" in type_in(programs, ["classroom", "grade", NAME], root, tmp_path)


def test_the_same_environment_serves_the_capstone_with_the_parts_that_came_with_it(installed, released, tmp_path):
    version, _, programs = installed
    if version != HERE:
        pytest.skip("one Python is enough to find files")
    folder = unpack(bundle_of(released("capstone")), tmp_path)
    looked = run([programs / "classroom", "preflight"], folder, tmp_path, code=1)
    assert "capstone.ipynb: nothing is written yet" in looked and f": 0 of {points('capstone'):g}" in looked
    assert {path.name for path in folder.glob("*.py")} == {"given_layers.py", "given_network.py", "given_tape.py"}


def test_each_version_has_its_turn():
    days = [datetime.date(2026, 3, 1), datetime.date(2026, 3, 2)]
    assert {version for day in days for version in in_turn(day)} == {HERE, *VERSIONS}
    assert all(len(in_turn(day)) == 2 or os.environ.get("EVERY_PYTHON") for day in days)
