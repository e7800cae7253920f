"""The face of the declarations: what the modules of an assignment's `exercises` import."""

from classroom.staff.answer import answer_sheet, full_sheet, sheet_exercise
from classroom.staff.declaration import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Given,
    Mutant,
    Property,
    Quiz,
    Terms,
    edit,
)
from classroom.staff.identity import identity
from classroom.staff.loader import load_assignment
from classroom.staff.question import question
from classroom.staff.seed import seed_of
from classroom.value import Function, Generator

__all__ = [
    "Alternative",
    "Assignment",
    "Case",
    "Exercise",
    "Function",
    "Generator",
    "Given",
    "Mutant",
    "Property",
    "Quiz",
    "Terms",
    "answer_sheet",
    "edit",
    "full_sheet",
    "identity",
    "load_assignment",
    "question",
    "seed_of",
    "sheet_exercise",
]
