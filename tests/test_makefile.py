"""The targets that people use: listed with what they do, and careful with what a teacher keeps."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is missing: apt-get install make")


def make(*arguments):
    ended = subprocess.run(["make", "--no-print-directory", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_make_alone_lists_every_target_that_says_what_it_does():
    described = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
    assert [line.split()[1] for line in make().splitlines()] == described
    assert {"demo", "test", "quick", "lint", "build"} <= set(described)


def test_cleaning_removes_the_demos_class_and_no_other():
    removed = {word for line in make("-n", "clean").splitlines() for word in shlex.split(line)}
    assert "class/demo" in removed and not {"class", "class/", "class/*"} & removed


@pytest.mark.parametrize(("given", "last"), [([], "site/_lite"), (["PYODIDE=/pyodide"], "--pyodide /pyodide")])
def test_the_assignments_in_the_browser_are_the_demos(given, last):
    (line,) = (line for line in make("-n", "lite", "ASSIGNMENTS=capstone", *given).splitlines() if "--to" in line)
    words = shlex.split(line)
    assert words[:3] == ["classroom", "lite", "capstone"]
    assert " ".join(words[3:]).endswith(last) and "--root class/demo --to site/_lite" in " ".join(words)


def test_the_lectures_take_the_kernels_of_other_processors_in_turn():
    told = make("-n", "test")
    assert "kernels=$(python tests/processors.py --in-turn)" in told and "--kernels=$kernels -q tests course" in told


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive has no git to ask")
@pytest.mark.parametrize(
    "made", ["class/demo/gradebook.db", "build/quality.html", ".hypothesis/x", "site/_lite/index.html"]
)
def test_what_the_commands_of_the_readme_write_is_no_change_to_git(made):
    assert subprocess.run(["git", "check-ignore", "--quiet", made], cwd=ROOT).returncode == 0
