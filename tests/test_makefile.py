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
