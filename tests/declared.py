"""What an assignment declares, for tests that would otherwise hold its points and its number of checks as literals."""

import dataclasses
import functools
from pathlib import Path

from classroom.judge.answer_sheet import SheetExercise
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.declaration import Assignment
from classroom.staff.declare.loader import load_assignment

ROOT = Path(__file__).parents[1]


@functools.cache
def declared(name: str) -> Assignment:
    """Return an assignment of this course."""
    return load_assignment(ROOT / "assignments" / name)


@functools.cache
def asked_at_home(name: str, exercise: str) -> SheetExercise:
    """Return an exercise as the check at home asks it, without the bugs that it knows: for tests of its points."""
    return sheet_exercise(dataclasses.replace(declared(name).exercise(exercise), mutants=()), name)


def points(name: str) -> float:
    """Return the points of all its exercises."""
    return declared(name).points


def checks(name: str) -> int:
    """Count its checks: one for each exercise."""
    return len(declared(name).exercises)
