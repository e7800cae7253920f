"""In WebAssembly, 32 bits wide, every known answer gets the verdict that it gets here, from the sheet made here."""

import json
import subprocess
from pathlib import Path

import pytest
from judged_alike import judged
from pyodide_release import NODE, pyodide_release

from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.lite.pyodide import LOCK, copy_pyodide, official_lock

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NODE is None, reason="node is missing, which runs Pyodide")]

ROOT = Path(__file__).parents[1]
NAMES = ("residual", "initializers", "neurons")


@pytest.fixture(scope="module")
def release():
    return pyodide_release()


def test_three_assignments_are_judged_as_they_are_here(release, full_sheets, tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.npz").write_bytes(full_sheets(name).to_bytes())
    command = [NODE, Path(__file__).with_name("pyodide_quality.mjs"), release, ROOT, tmp_path, *NAMES]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert ended.returncode == 0, ended.stderr[-2000:]
    there = json.loads(ended.stdout)
    assert there["platform"] == "emscripten"
    for name in NAMES:
        here = judged(ROOT / "assignments" / name, AnswerSheet.load(tmp_path / f"{name}.npz"))
        assert len(here) > 50 and there["rows"][name] == json.loads(json.dumps(here)), name


def test_the_part_of_the_lock_that_the_course_keeps_is_pyodides_own(release):
    whole = json.loads((release / LOCK).read_text(encoding="utf-8"))
    part = official_lock()
    assert part["info"] == whole["info"]
    assert part["packages"] == {name: whole["packages"][name] for name in part["packages"]}
    needed = {needed.replace("_", "-") for package in part["packages"].values() for needed in package["depends"]}
    assert needed <= set(part["packages"])


def test_the_release_has_every_package_with_its_sha256(release, tmp_path):
    copy_pyodide(release, tmp_path / "copied")
    assert len(list((tmp_path / "copied").iterdir())) == 4 + len(official_lock()["packages"])
