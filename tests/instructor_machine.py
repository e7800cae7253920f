"""An instructor's machine, for the tests that play one: a clone of the course, and a class that hands in."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from student_machine import clean

ROOT = Path(__file__).parents[1]
NAME = "activations"
CLASS = ("anna", "ben", "carla")


def clone(root: Path) -> Path:
    """Make a repository that holds the course as far as one assignment goes."""
    root.mkdir()
    for name in (".gitignore", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "course")
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git in a clone; gives what it says."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def hand_in(root: Path, place: str) -> None:
    """Let every member of the class hand in the released notebook as it is; `place` is a folder of "{student}"."""
    for student in CLASS:
        folder = root / place.format(student=student)
        folder.mkdir(parents=True)
        shutil.copy(root / "class/release" / NAME / f"{NAME}.ipynb", folder)


def type_in(programs: Path, command: Sequence[str], root: Path, home: Path) -> str:
    """Run a command in a clone as one who activated no environment; gives what it says."""
    program, *arguments = command
    ended = subprocess.run(
        [programs / program, *arguments],
        cwd=root,
        env={**clean(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"
    return ended.stdout
