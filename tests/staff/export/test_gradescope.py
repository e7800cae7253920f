"""Gradescope's autograder: the zip that is uploaded, run as Gradescope runs it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import venv
import zipfile

import pytest
from small_course import RIGHT, answered

from classroom.staff.export.gradescope import PACKAGES
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.inventory import package_files

pytestmark = pytest.mark.slow


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
def test_a_submission_earns_what_it_earns_elsewhere(at_gradescope):
    wrong = answered({**RIGHT, "answer-double": "def double(x):\n    return x**2\n", "explain": "Words."})
    found = run(at_gradescope({"my work.ipynb": wrong, "notes.txt": b""}))
    assert [(one["name"], one["score"], one["max_score"], one["status"]) for one in found["tests"]] == [
        ("double", 0.0, 2.0, "failed"),
        ("relu_backward", 4.0, 4.0, "passed"),
        ("quiz_1", 1.0, 1.0, "passed"),
    ]
    assert found["score"] == 5.0 and "0 of 2 points" in found["tests"][0]["output"]
    assert "my work.ipynb was taken for small.ipynb" in found["output"]
    assert "A person has still to grade: explain" in found["output"]


@pytest.fixture(scope="module")
def image(source, tmp_path_factory):
    """A command prefix that starts a container as Gradescope does: an image with what `setup.sh` installs."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    environment = tmp_path_factory.mktemp("image") / "layerwise"
    venv.create(environment, symlinks=True)
    packages = environment / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    for name in ("lib", "lib64", "bin", "sbin"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", sys.base_prefix, sys.base_prefix]
    command += ["--bind", str(environment), "/opt/layerwise"]
    for name, path in package_files(PACKAGES).items():
        command += ["--ro-bind", path, f"/opt/layerwise/{(packages / name).relative_to(environment)}"]
    return [*command, "--clearenv", "--setenv", "PATH", "/usr/bin:/bin"]


def run_in(image, options, source, tmp_path, work):
    """Run the autograder on a submission in a container; give what it leaves for Gradescope, and what it prints."""
    place = tmp_path / "autograder"
    for name in ("submission", "results"):
        (place / name).mkdir(parents=True)
        (place / name).chmod(0o777)
    (place / "submission/small.ipynb").write_bytes(work)
    shutil.copytree(source, place / "source")
    run_autograder = place / "run_autograder"
    shutil.copy(source / "run_autograder", run_autograder)
    run_autograder.chmod(0o755)
    command = [*image, *options, "--bind", str(place), "/autograder", "--chdir", "/autograder"]
    done = subprocess.run([*command, "--", "/autograder/run_autograder"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((place / "results/results.json").read_text()), done.stdout


def test_in_a_container_of_gradescopes_layout_it_grades_with_what_its_setup_installs(image, source, tmp_path):
    if not sandbox.capabilities().landlock:
        pytest.skip("this kernel has no Landlock, which takes the place of namespaces in a container")
    ordinary = ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    wrong = answered({**RIGHT, "answer-double": "def double(x):\n    return x**2\n"})
    found, printed = run_in(image, ordinary, source, tmp_path, wrong)
    assert [(one["name"], one["score"]) for one in found["tests"]][:2] == [("double", 0.0), ("relu_backward", 4.0)]
    assert found["score"] == 5.0 and found["extra_data"]["graded"] and printed == ""


def test_in_a_container_that_cannot_lock_code_in_the_student_is_told_kindly(image, source, tmp_path):
    """Root of a container without other users cannot become an ordinary user, for whom alone limits hold."""
    found, printed = run_in(image, ["--uid", "0", "--gid", "0"], source, tmp_path, answered())
    assert found["output"].startswith("Your work arrived, and was not graded: student code could not be locked in")
    assert "Traceback" not in found["output"] and found["stdout_visibility"] == "hidden"
    assert "the sandbox did not start" in printed


def test_a_grader_that_does_not_start_leaves_a_kind_sentence(at_gradescope):
    found = run(at_gradescope({"small.ipynb": answered()}), python="/bin/false")
    assert found["score"] == 0 and "Nothing is wrong with your file" in found["output"]
