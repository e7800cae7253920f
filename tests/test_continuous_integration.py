"""What CI, commits and reports of faults are set up with: the same commands and versions as everywhere else."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from test_install import VERSIONS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = [path for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs():
    return [job for path in WORKFLOWS for job in read(path)["jobs"].values()]


def test_every_python_that_is_promised_is_tested_by_ci_and_here():
    promised = {line.rsplit(" ", 1)[1] for line in PYPROJECT["project"]["classifiers"] if "Python :: 3." in line}
    tested = set()
    for job in jobs():
        named = {str(step["with"]["python-version"]) for step in job["steps"] if "setup-python" in step.get("uses", "")}
        tested |= {name for name in named if "matrix" not in name} | set(
            job.get("strategy", {}).get("matrix", {}).get("python", [])
        )
    assert tested == promised == set(VERSIONS)


def test_ci_runs_make_test_and_targets_that_exist():
    commands = [step["run"] for job in jobs() for step in job["steps"] if step.get("run", "").startswith("make ")]
    assert "make test" in commands and "make test-processors" in commands
    words = [word for command in commands for word in re.sub(r"\${{.*?}}", "", command).split()[1:]]
    targets = {word for word in words if "=" not in word}
    known = set(re.findall(r"^([a-z.$()/A-Z-]+):", MAKEFILE.replace("$(VENV)", ".venv"), re.MULTILINE))
    assert targets <= known


def test_the_files_that_ci_names_exist():
    named = [word for path in WORKFLOWS for word in re.findall(r"\btests/\w+\.py", path.read_text(encoding="utf-8"))]
    assert named and [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_what_is_needed_to_look_into_a_fault(path):
    form = read(path)
    assert form["name"].endswith("is wrong") and form["description"]
    questions = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in questions}) == len(questions) >= 3
    assert all(part["attributes"]["label"] for part in questions)
    assert any(part.get("validations", {}).get("required") for part in questions)


def test_there_is_a_form_for_a_check_and_for_a_claim():
    assert [read(path)["name"] for path in FORMS] == ["A check is wrong", "A claim is wrong"]


def test_a_commit_is_looked_at_by_the_ruff_of_make_lint():
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    entries = [hook["entry"].removeprefix(".venv/bin/").split()[:2] for hook in repository["hooks"]]
    linted = [line.split()[:2] for line in re.findall(r"^\t(ruff .*)$", MAKEFILE, re.MULTILINE)]
    assert sorted(entries) == sorted(linted)


def test_the_settings_of_pre_commit_are_valid():
    command = [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
