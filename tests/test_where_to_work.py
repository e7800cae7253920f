"""What the page "where to work" says of the four ways is so, as far as it can be asked here."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from declared import declared

from classroom import waiting, whole_run
from classroom.call import clock
from classroom.check import MOST_SECONDS, check
from classroom.hand_in import FOLDER
from classroom.judge import budget
from classroom.judge.budget import CpuSeconds
from classroom.staff.author.first_cell import first_cell
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.lite.pyodide import VERSION, official_lock
from classroom.staff.lite.site import AT_START

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "where-to-work.md").read_text(encoding="utf-8")
MACHINE, BROWSER, COLAB, VS_CODE = WAYS = ("your own machine", "in the browser", "Colab", "VS Code")


def row(name):
    """Return what a row of the table says of each way."""
    (cells,) = re.findall(rf"^\| {re.escape(name)} \| (.*) \|$", PAGE, re.MULTILINE)
    return dict(zip(WAYS, cells.split(" | "), strict=True))


def prose(opening):
    """Return the paragraph that begins with these bold words, its lines joined."""
    (found,) = re.findall(rf"^\*\*{re.escape(opening)}.*?(?=\n\n|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return " ".join(found.split())


def test_the_versions_of_python_are_those_that_the_course_promises():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(said["classifiers"]))
    assert f"Python {promised[0]} to {promised[-1]}," in row("install")[MACHINE]


def test_the_course_is_in_the_browser_and_elsewhere_the_first_cell_installs_it():
    said = row("the course's package")
    assert said[BROWSER] == "is there" and "layerwise" in AT_START
    cell = first_cell("# # Assignment 2 · Activations\n", "activations")
    assert said[COLAB] == said[VS_CODE] == "the notebook's first cell installs it" and '("pip", f"install' in cell
    assert "`02-activations.zip`" in prose("In Colab") and "drop 02-activations.zip into the files" in cell


def test_in_the_browser_are_numpy_and_matplotlib_and_what_they_and_the_kernel_need():
    assert "numpy and matplotlib are there, and no other package" in prose("In the browser")
    packages = official_lock()["packages"]
    needed, left = set(), {"numpy", "matplotlib", *AT_START} & set(packages)
    while left:
        needed |= left
        left = {other.replace("_", "-") for one in left for other in packages[one]["depends"]} - needed
    assert needed == set(packages)


def test_what_never_ends_is_stopped_after_the_time_that_the_check_gives_and_not_in_a_browser(monkeypatch):
    said = row("an answer that never ends, or sleeps")
    assert said[MACHINE] == said[COLAB] == said[VS_CODE] == f"is stopped after {MOST_SECONDS:g} s"
    monkeypatch.setattr(clock, "IN_BROWSER", True)
    found = importlib.util.spec_from_file_location("waiting_in_a_browser", waiting.__file__)
    there = importlib.util.module_from_spec(found)
    found.loader.exec_module(there)
    assert said[BROWSER].strip("*") in there.BY_HAND
    names = declared_assignments(ROOT / "assignments")
    cases = [case for name in names for one in declared(name).exercises for case in getattr(one, "cases", ())]
    longest = max(2 * case.budget.seconds for case in cases if isinstance(case.budget, CpuSeconds))
    assert f"{MOST_SECONDS:g} seconds (the capstone's training has {longest:g})" in prose("An answer that never ends")


def test_the_seconds_that_a_browser_does_not_count_are_told(monkeypatch):
    monkeypatch.setattr(budget, "IN_BROWSER", True)
    counted = {
        (one.id, case.budget.seconds)
        for name in declared_assignments(ROOT / "assignments")
        for one in declared(name).exercises
        for case in getattr(one, "cases", ())
        if isinstance(case.budget, CpuSeconds) and case.budget.allowed() == float("inf")
    }
    told = re.findall(r"the check does not count `(\w+)`'s (\d+) seconds; grading does", prose("In the browser"))
    assert {(name, float(seconds)) for name, seconds in told} == counted


@pytest.mark.parametrize(
    ("way", "in_browser", "missing", "new"),
    [(MACHINE, False, (), True), (BROWSER, True, (), False), (VS_CODE, False, ("nbclient", "nbformat"), False)],
)
def test_a_run_from_top_to_bottom_is_in_the_kernel_that_can_be_had(monkeypatch, way, in_browser, missing, new):
    """VS Code brings ipykernel alone; JupyterLab and Colab bring all that starts another kernel."""
    usual = importlib.util.find_spec
    monkeypatch.setattr(whole_run, "IN_BROWSER", in_browser)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else usual(name))
    assert whole_run.can_start_a_kernel() == new
    said = row("a run from top to bottom before you hand in")
    assert said[MACHINE] == said[COLAB] == "in a new kernel" and "running kernel" in said[BROWSER]
    assert said[VS_CODE] == "in a new kernel, or in the running one"


def test_what_is_called_on_the_page_can_be_called():
    called = set(re.findall(r"\bcheck\.(\w+)\(", PAGE))
    assert {"submit", "preflight", "repair", "open"} <= called <= set(dir(check))
    commands = set(re.findall(r"`classroom (\w+)`", PAGE))
    typed = (ROOT / "classroom" / "cli.py").read_text(encoding="utf-8")
    assert {"submit", "repair"} <= commands <= set(re.findall(r"^def (\w+)\(", typed, re.MULTILINE))
    assert f"`{FOLDER}/<name>.ipynb`" in prose("Handing in from inside the notebook")
    assert all("check.submit()" in said for said in row("hand in").values())


def test_the_times_are_of_the_pyodide_that_the_site_has():
    assert f"Pyodide {VERSION}" in PAGE
