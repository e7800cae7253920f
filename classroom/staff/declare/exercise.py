"""The face of the declarations: what the modules of an assignment's `exercises` import."""

from classroom.call.value import Function, Generator
from classroom.judge.measure import (
    AtMaxima,
    Distribution,
    Dropout,
    IndependentMasks,
    Near,
    NetworkAccuracy,
    NetworkLayers,
    SameMask,
    SingularValues,
    TruthTable,
    UnitLayers,
)
from classroom.judge.relation import (
    Adjoint,
    Combination,
    Conserved,
    Differ,
    Equal,
    Gradient,
    Orthonormal,
    Refuses,
)
from classroom.staff.declare.answer import answer_sheet, full_sheet, sheet_exercise
from classroom.staff.declare.declaration import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Mutant,
    PairGradient,
    Property,
    Quiz,
    Section,
    StandIns,
    Terms,
    edit,
)
from classroom.staff.declare.identity import identity
from classroom.staff.declare.loader import load_assignment
from classroom.staff.declare.question import question
from classroom.staff.declare.seed import seed_of

__all__ = [
    "Adjoint",
    "Alternative",
    "Assignment",
    "AtMaxima",
    "Case",
    "Combination",
    "Conserved",
    "Differ",
    "Distribution",
    "Dropout",
    "Equal",
    "Exercise",
    "Function",
    "Generator",
    "Gradient",
    "IndependentMasks",
    "Mutant",
    "Near",
    "NetworkAccuracy",
    "NetworkLayers",
    "Orthonormal",
    "PairGradient",
    "Property",
    "Quiz",
    "Refuses",
    "SameMask",
    "Section",
    "SingularValues",
    "StandIns",
    "Terms",
    "TruthTable",
    "UnitLayers",
    "answer_sheet",
    "edit",
    "full_sheet",
    "identity",
    "load_assignment",
    "question",
    "seed_of",
    "sheet_exercise",
]
