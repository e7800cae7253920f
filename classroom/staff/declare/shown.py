"""What is shown is what is graded: of every kind that grading asks, the check at home asks the same kind.

Hidden cases are drawn twice, once for the class and once from a seed that everybody may know.  So the two differ in
their numbers alone, and points shown at home differ from graded ones for code that treats the visible inputs specially.
"""

import collections
import dataclasses

import numpy as np

from classroom.fault import Fault
from classroom.staff.declare.declaration import Case, Exercise, Property
from classroom.staff.declare.seed import seed_of

PUBLIC = b"visible"


def shown_cases(exercise: Exercise, assignment: str) -> list[Case]:
    """Draw the visible counterparts of the hidden cases, named after their kinds.

    A kind that one of the declared visible cases has by name is not drawn again.

    Raises
    ------
    Fault
        If a hidden case has no kind.
    """
    if exercise.hidden is None or exercise.shows_all:
        return []
    declared = {case.kind for case in exercise.cases}
    drawn = exercise.hidden(np.random.default_rng(seed_of(PUBLIC, assignment, exercise.id)))
    shown, met = [], collections.Counter[str]()
    for case in drawn:
        if not case.kind:
            raise Fault(
                f"{exercise.id}, hidden case {case.name!r} needs a kind, the only thing that its student is told"
            )
        if case.kind not in declared:
            met[case.kind] += 1
            name = case.kind if met[case.kind] == 1 else f"{case.kind}, {met[case.kind]}"
            shown.append(dataclasses.replace(case, name=name))
    return shown


def hidden_cases(exercise: Exercise, rng: np.random.Generator) -> list[Case]:
    """Draw the hidden cases of a class.

    Raises
    ------
    Fault
        If one is of a kind that is said to be shown, and is not.
    """
    drawn = list(exercise.hidden(rng)) if exercise.hidden is not None else []
    strange = {case.kind for case in drawn} - {case.kind for case in exercise.cases}
    if exercise.shows_all and strange:
        raise Fault(f"{exercise.id}: no visible case is of the kind {min(strange)!r}: add one, or drop shows_all")
    return drawn


def shown_properties(exercise: Exercise) -> list[Property]:
    """Return the properties that are declared for hidden inputs alone: they are asked at home too, on other inputs."""
    return [item for item in exercise.hidden_properties if not any(_same(item, asked) for asked in exercise.properties)]


def _same(one: Property, other: Property) -> bool:
    """Whether the two ask the same, but for the numbers that are drawn."""
    return one.relation == other.relation and list(one.calls) == list(other.calls) and one.inputs is other.inputs
