"""A correction of the code that decides verdicts reaches results that were stored before it."""

import ast
import os
import shutil
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest
import small_course
from small_course import answered, hand_in

from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.code_digest import code_digest, deciding_modules
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.store import result_key
from classroom.staff.sandbox.sandbox import capabilities

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parents[3] / "classroom"
# What examining imports and what no verdict depends on: where things lie, and how files are written and kept.
BESIDE = {
    "atomic_write.py",
    "claim.py",
    "console.py",
    "hand_in.py",
    "predict.py",
    "progress_file.py",
    "waiting.py",
    "staff/folders.py",
    "staff/grade/code_digest.py",
    "staff/grade/store.py",
}


@pytest.fixture
def copy(tmp_path):
    """The package in a folder of its own, to be changed, with the data set that ships where it looks for it."""
    (tmp_path / "data").symlink_to(PACKAGE.parent / "data")
    return Path(shutil.copytree(PACKAGE, tmp_path / "classroom", ignore=shutil.ignore_patterns("__pycache__")))


def correct(copy, module, old, new):
    """Change one line of a module."""
    text = (copy / module).read_text()
    assert text.count(old) == 1
    (copy / module).write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("judge/measure.py", "\nimport numpy as np\n", "\nimport numpy as np\n\nTIGHTER = 1e-9\n"),
        ("call/value.py", '"""', '"""Corrected: '),
        ("call/script.py", '"""', '"""Corrected: '),
    ],
)
def test_a_changed_measure_gives_every_result_another_key(copy, monkeypatch, module, old, new):
    text = (copy / module).read_text()
    before = code_digest(copy)
    assert before == code_digest(PACKAGE) == code_digest()
    assert old in text
    (copy / module).write_text(text.replace(old, new, 1))
    code_digest.cache_clear()
    after = code_digest(copy)
    assert after != before
    keys = []
    for digest in (before, after):
        monkeypatch.setattr("classroom.staff.grade.store.code_digest", lambda digest=digest: digest)
        keys.append(result_key(b"a notebook", "an exam", POINTS_ONLY, "bwrap"))
    assert keys[0] != keys[1]


def test_what_no_verdict_depends_on_leaves_the_keys_alone(copy):
    before = code_digest(copy)
    (copy / "staff/report/item_analysis.py").write_text("")
    (copy / "preflight.py").write_text("")
    code_digest.cache_clear()
    assert code_digest(copy) == before


def imported(path):
    """The modules of this package that a module imports, anywhere in it."""
    package = ".".join(["classroom", *path.relative_to(PACKAGE).parts[:-1]])
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.split(".")[0] == "classroom":
                place = PACKAGE.parent / Path(*name.split("."))
                yield from (found for found in (place.with_suffix(".py"), place / "__init__.py") if found.is_file())


def test_everything_that_examining_imports_is_in_the_digest():
    counted = set(deciding_modules(PACKAGE))
    open_ = [PACKAGE / "staff/grade/worker.py", PACKAGE / "check.py"]
    seen = set(open_)
    while open_:
        for found in set(imported(open_.pop())) - seen:
            seen.add(found)
            open_ += [found] if found.relative_to(PACKAGE).as_posix() not in BESIDE else []
    missing = {path.relative_to(PACKAGE).as_posix() for path in seen - counted if path.read_text().count("\n") > 8}
    assert missing <= BESIDE, f"add to DECIDING: {sorted(missing - BESIDE)}"
    assert len(counted) > 40


@pytest.mark.skipif(capabilities().mode == "none", reason="student code cannot be locked in here")
def test_a_regrade_with_corrected_code_shows_what_changes(copy, tmp_path):
    root = small_course.make_course(tmp_path / "course")
    hand_in(root, "anna", answered())
    grade_assignment(root, "small", workers=1)
    assert not grade_assignment(root, "small", workers=1, diff=True).changes
    correct(copy, "judge/verdict.py", "    return whole if share == 1 else", "    return whole / 2 if share == 1 else")
    script = (
        "from classroom.staff.grade.assignment import grade_assignment\n"
        f"for one in grade_assignment({str(root)!r}, 'small', workers=1, diff=True).changes:\n"
        "    print(one.student, one.cell, one.old, one.new)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{copy.parent}:{PACKAGE.parent}"}
    ran = subprocess.run([sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["anna double 2.0 1.0", "anna relu_backward 4.0 2.0"], ran.stderr
