"""The student's install, for real, on every Python of the promised versions that this machine has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("version", VERSIONS)
def test_the_students_wheel_installs_and_runs(version, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
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
        ran = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    listed = run(str(home / "bin" / "classroom"), "--help")
    assert "preflight" in listed and "submit" in listed and "release" not in listed
    assert "1797 images of shape (1, 8, 8)" in run(str(home / "bin" / "classroom"), "data", "digits")
    imports = "from classroom import check, claim, data, figure, predict; import jupyterlab; print('ready')"
    assert run(str(home / "bin" / "python"), "-W", "error::SyntaxWarning", "-c", imports).strip() == "ready"
