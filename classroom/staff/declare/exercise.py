"""The face of the declarations: what the modules of an assignment's `exercises` import."""

from classroom.call.value import Function, Generator
from classroom.judge.budget import CpuSeconds, ShareOfLoop, TimesForward
from classroom.judge.measure import (
    AtMaxima,
    Distribution,
    Dropout,
    IndependentDraws,
    IndependentFrames,
    IndependentMasks,
    IndependentSigns,
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
    Terms,
    edit,
)
from classroom.staff.declare.frame import backward_of, described_mutants, exercise_of
from classroom.staff.declare.identity import identity
from classroom.staff.declare.interleaved_calls import interleaved, with_interleaved
from classroom.staff.declare.loader import load_assignment
from classroom.staff.declare.pair import Pair
from classroom.staff.declare.question import question
from classroom.staff.declare.seed import seed_of
from classroom.staff.declare.textual_mutants import textual_mutants

__all__ = [
    "Adjoint",
    "Alternative",
    "Assignment",
    "AtMaxima",
    "Case",
    "Combination",
    "Conserved",
    "CpuSeconds",
    "Differ",
    "Distribution",
    "Dropout",
    "Equal",
    "Exercise",
    "Function",
    "Generator",
    "Gradient",
    "IndependentDraws",
    "IndependentFrames",
    "IndependentMasks",
    "IndependentSigns",
    "Mutant",
    "Near",
    "NetworkAccuracy",
    "NetworkLayers",
    "Orthonormal",
    "Pair",
    "PairGradient",
    "Property",
    "Quiz",
    "Refuses",
    "SameMask",
    "Section",
    "ShareOfLoop",
    "SingularValues",
    "Terms",
    "TimesForward",
    "TruthTable",
    "UnitLayers",
    "answer_sheet",
    "backward_of",
    "described_mutants",
    "edit",
    "exercise_of",
    "full_sheet",
    "identity",
    "interleaved",
    "load_assignment",
    "question",
    "seed_of",
    "sheet_exercise",
    "textual_mutants",
    "with_interleaved",
]
