"""What is shown is what is graded: every kind of question that grading asks is asked at home, in every exercise."""

import dataclasses
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from bugs import LINEAR, linear_case
from declared import declared

from classroom.call.script import parse
from classroom.call.value import arrays_in, same
from classroom.fault import Fault
from classroom.staff.declare.exercise import Exercise
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.declare.shown import hidden_cases, shown_cases, shown_properties

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NAMES = declared_assignments(ROOT / "assignments")


def exercises(name):
    return [one for one in declared(name).exercises if isinstance(one, Exercise)]


@pytest.fixture
def drawn(full_sheets):
    """Give each exercise of an assignment with the cases that are asked at home and those of a class: `drawn(name)`."""

    def cases(name):
        for exercise in exercises(name):
            sheet = full_sheets(name).exercises[exercise.id]
            yield exercise, sheet.visible().cases, [case for case in sheet.cases if case.hidden]

    return cases


def dtypes(cases):
    return {array.dtype for case in cases for value in case.inputs.values() for array in arrays_in(value)}


def layouts(cases):
    return {array.flags.c_contiguous for case in cases for value in case.inputs.values() for array in arrays_in(value)}


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_hidden_case_is_asked_at_home(name, drawn):
    for exercise, asked, graded in drawn(name):
        assert {case.kind for case in graded} <= {case.kind for case in asked}, exercise.id
        assert dtypes(graded) <= dtypes(asked), exercise.id
        assert layouts(graded) <= layouts(asked), exercise.id
        parts = {(case.kind, output) for case in graded for output in case.outputs}
        assert parts <= {(case.kind, output) for case in asked for output in case.outputs}, exercise.id


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_left_out_once_and_given_once(name, drawn):
    unasked = []
    for exercise, asked, _ in drawn(name):
        scripts = [case.calls for case in asked] + [item.calls for item in exercise.properties]
        calls = [call for script in scripts for call in parse(script)]
        for function in exercise.subject:
            for place, option in enumerate(signature(exercise.functions[function]).parameters.values()):
                if option.default is not option.empty:
                    told = {
                        option.name in dict(call.keywords) or place < len(call.arguments)
                        for call in calls
                        if call.function == function
                    }
                    unasked += [(exercise.id, option.name)] if told != {True, False} else []
    # Whoever always rescales keeps to any tolerance and any number of steps: only their defaults can be asked.
    assert unasked == ([("lsuv", "tolerance"), ("lsuv", "max_steps")] if name == "initializers" else [])


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
def test_the_numbers_of_a_class_are_not_shown(name, drawn):
    for exercise, asked, graded in drawn(name):
        fresh = [
            case
            for case in graded
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
    assert (
        text.count(
            "**What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else"
        )
        == 1
    )


def test_where_all_kinds_are_shown_none_is_drawn_for_everybody():
    drawn = []

    def hidden(rng):
        drawn.append(rng)
        return [linear_case("a class", 5, 2, 9, "odd shapes", rng=rng)]

    shown = dataclasses.replace(
        LINEAR, hidden=hidden, shows_all=True, cases=[linear_case("odd", 3, 2, 4, "odd shapes")]
    )
    assert shown_cases(shown, "small") == [] and not drawn
    assert [case.name for case in hidden_cases(shown, np.random.default_rng(0))] == ["a class"]
    with pytest.raises(Fault, match="no visible case is of the kind 'odd shapes'"):
        hidden_cases(dataclasses.replace(shown, cases=LINEAR.cases), np.random.default_rng(0))
    assert hidden_cases(dataclasses.replace(LINEAR, hidden=None), np.random.default_rng(0)) == []
