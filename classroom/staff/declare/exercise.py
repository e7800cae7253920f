"""The face of the declarations: what the modules of an assignment's `exercises` import."""

from classroom.call.value import Function, Generator
from classroom.staff.declare.answer import answer_sheet, full_sheet, sheet_exercise
from classroom.staff.declare.declaration import (
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
from classroom.staff.declare.identity import identity
from classroom.staff.declare.loader import load_assignment
from classroom.staff.declare.question import question
from classroom.staff.declare.seed import seed_of

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
