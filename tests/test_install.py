"""The student's install, for real, on every Python of the promised versions that this machine has."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from classroom.staff.folders import Folders
from classroom.staff.release import release

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13")


def interpreter(version: str) -> str | None:
    """Find a Python of this version: on the path, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    for candidate in candidates:
        if candidate and not subprocess.run([candidate, "-c", "import ensurepip"], capture_output=True).returncode:
            return candidate
    return None


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The released bundle of an assignment."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / "activations", root / "assignments" / "activations")
    return release(Folders.at(root), "activations")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_students_bundle_installs_and_runs(version, bundle, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "activations"
    (wheel,) = folder.glob("*.whl")
    home = tmp_path / "environment"
    subprocess.run([python, "-m", "venv", str(home)], check=True, timeout=120)
    installed = subprocess.run(
        [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", str(wheel)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if re.search("Failed to establish a new connection|name resolution|Network is unreachable", installed.stderr):
        pytest.skip("pip reaches no package index from here")
    assert installed.returncode == 0, installed.stderr
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(*command: str) -> str:
        ran = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=300)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    listed = run(str(home / "bin" / "classroom"), "--help")
    assert "preflight" in listed and "submit" in listed and "release" not in listed
    assert "1797 images of shape (1, 8, 8)" in run(str(home / "bin" / "classroom"), "data", "digits")
    imports = "from classroom import check, claim, data, figure, predict; import jupyterlab; print('ready')"
    assert run(str(home / "bin" / "python"), "-W", "error::SyntaxWarning", "-c", imports).strip() == "ready"
    looked = run(str(home / "bin" / "classroom"), "preflight")
    assert "activations.ipynb: ready to hand in" in looked and "25 checks" in looked and ": 0 of 120" in looked
