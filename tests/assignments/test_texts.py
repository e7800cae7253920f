"""What the assignments and the guides say of points and lectures is so, in the words that the course uses."""

import re
from pathlib import Path

import pytest
from declared import declared, points

from classroom.judge.budget import CpuSeconds
from classroom.staff.declare.loader import declared_assignments

ROOT = Path(__file__).parents[2]
NAMES = declared_assignments(ROOT / "assignments")
LECTURES = {int(path.name[:2]): path for path in (ROOT / "course").glob("[0-9][0-9]_*.py")}
# Words of another time, and second words for what has one: a bug is fixed.
OLD = r"\b[Mm]end(s|ed|ing)?\b|\bmany an? \w|\bfor ever\b|\bbelongs? into\b|\bhalf as many again\b|\bWho had\b"


def text(name):
    """The text of an assignment, its marks of comments and its line breaks taken out."""
    return re.sub(r"\s*\n# ?", " ", (ROOT / "assignments" / name / f"{name}.py").read_text(encoding="utf-8"))


def title(number):
    first = LECTURES[number].read_text(encoding="utf-8").partition("# # ")[2].partition("\n")[0]
    return first.partition(" · ")[2]


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_names_its_lectures_by_their_titles(name):
    follows = text(name).partition("**Follows**")[2].partition("**Time**")[0]
    named = re.findall(r"(\d+), \*([^*]+)\*", follows)
    assert named
    assert [(number, told) for number, told in named if told != title(int(number))] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_says_how_many_points_it_has(name):
    assert float(re.search(r"\*\*Points\*\* (\d+)", text(name))[1]) == points(name)


def test_the_teaching_guide_gives_each_assignment_its_points():
    guide = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    weeks = guide.partition("## Thirteen weeks")[2].partition("\n## ")[0]
    told = {int(number): float(worth) for number, worth in re.findall(r"(\d+) [A-Z][\w ,]*?, (\d+)\b", weeks)}
    assert told == {declared(name).number: points(name) for name in NAMES}
    assert len(re.findall(r"^\| \d+ \|", weeks, re.MULTILINE)) == 13


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_is_written_in_today_s_words(name):
    declared = [path.read_text(encoding="utf-8") for path in (ROOT / "assignments" / name / "exercises").glob("*.py")]
    assert [found[0] for one in (text(name), *declared) for found in re.finditer(OLD, one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_says_beforehand_what_ends_a_check_that_nothing_can_interrupt(name):
    """While one call into C runs, such as `sum(itertools.repeat(1))`, no code of the course does."""
    cases = [case for exercise in declared(name).exercises for case in getattr(exercise, "cases", ())]
    slow = any(isinstance(case.budget, CpuSeconds) and 2 * case.budget.seconds > 60 for case in cases)
    patience = "five minutes" if slow else "a minute"
    said = f"When a check has not come back after {patience}, nothing can interrupt it: restart the kernel."
    assert said in text(name).partition("**How it works.**")[2].partition("# %%")[0]
