"""What is shown is what is graded: every kind of question that grading asks is asked at home, in every exercise."""

from pathlib import Path

import numpy as np
import pytest

from classroom.call.value import arrays_in, same
from classroom.staff.declare.exercise import Exercise, load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.declare.seed import seed_of
from classroom.staff.declare.shown import shown_cases, shown_properties

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NAMES = declared_assignments(ROOT / "assignments")


def exercises(name):
    return [one for one in load_assignment(ROOT / "assignments" / name).exercises if isinstance(one, Exercise)]


def visible(exercise, name):
    return [*exercise.cases, *shown_cases(exercise, name)]


def hidden(exercise, name, secret="a class"):
    rng = np.random.default_rng(seed_of(secret, name, exercise.id))
    return list(exercise.hidden(rng)) if exercise.hidden else []


def dtypes(cases):
    return {array.dtype for case in cases for value in case.inputs.values() for array in arrays_in(value)}


def layouts(cases):
    return {array.flags.c_contiguous for case in cases for value in case.inputs.values() for array in arrays_in(value)}


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_hidden_case_is_asked_at_home(name):
    for exercise in exercises(name):
        asked, graded = visible(exercise, name), hidden(exercise, name)
        assert {case.kind for case in graded} <= {case.kind for case in asked}, exercise.id
        assert dtypes(graded) <= dtypes(asked), exercise.id
        assert layouts(graded) <= layouts(asked), exercise.id
        parts = {(case.kind, output) for case in graded for output in case.outputs}
        assert parts <= {(case.kind, output) for case in asked for output in case.outputs}, exercise.id


@pytest.mark.parametrize("name", NAMES)
def test_every_hidden_property_is_asked_at_home(name):
    for exercise in exercises(name):
        asked = [*exercise.properties, *shown_properties(exercise)]
        for item in exercise.hidden_properties:
            assert callable(item.inputs), f"{exercise.id}: {item.title} has the same inputs for every class"
            assert any(
                item.relation == one.relation and list(item.calls) == list(one.calls) and item.inputs is one.inputs
                for one in asked
            ), f"{exercise.id}: {item.title}"


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_a_class_are_not_shown(name):
    for exercise in exercises(name):
        asked = visible(exercise, name)
        fresh = [
            case
            for case in hidden(exercise, name)
            if not any(
                repr(case.measure) == repr(one.measure)
                and case.inputs.keys() == one.inputs.keys()
                and all(same(case.inputs[key], one.inputs[key]) for key in case.inputs)
                for one in asked
            )
        ]
        assert fresh or not exercise.hidden, exercise.id


@pytest.mark.parametrize("name", NAMES)
def test_a_bug_that_only_grading_sees_is_a_memoriser(name):
    # (tests/staff/test_quality.py judges all others at home, where each of them has to fail.)
    tags = {mutant.tag for exercise in exercises(name) for mutant in exercise.mutants}
    assert tags <= {"visible", "memoriser"}


@pytest.mark.parametrize("name", NAMES)
def test_the_introduction_says_what_grading_adds(name):
    text = (ROOT / "assignments" / name / f"{name}.py").read_text(encoding="utf-8")
    assert text.count("**What grading adds.** Other numbers of the same kinds") == 1
