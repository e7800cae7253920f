"""A cache serves twice: the property that every backward pass is asked for."""

from pathlib import Path

import numpy as np
import pytest
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.staff.declare.exercise import Exercise
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.declare.second_call import second_calls

NAMES = [name for name in declared_assignments(Path(__file__).parents[3] / "assignments") if name != "capstone"]


def exercises(name):
    return [one for one in declared(name).exercises if isinstance(one, Exercise)]


def spoil(kept):
    """Write into all arrays of a cache."""
    if isinstance(kept, np.ndarray) and kept.flags.writeable:
        kept[...] = ~kept if kept.dtype.kind == "b" else kept[::-1] * 2
    for item in kept.values() if isinstance(kept, dict) else kept if isinstance(kept, tuple | list) else ():
        spoil(item)


def judge(item, functions):
    return item.relation.judge(LocalCaller(functions), parse(item.calls), item.inputs)


def with_spoiled_cache(exercise, item):
    """The functions of an exercise, of which the last one called writes into its cache."""
    name = parse(item.calls)[-1].function

    def spoils(*arguments, **options):
        answer = exercise.functions[name](*arguments, **options)
        spoil(arguments[1:])
        return answer

    return {**exercise.functions, name: spoils}


@pytest.mark.parametrize("name", NAMES)
def test_right_code_has_it_and_what_spoils_its_cache_has_not(name):
    unseen = set()
    for exercise in exercises(name):
        for item in (asked := second_calls(exercise)):
            assert judge(item, exercise.functions) is None, exercise.id
        if asked and not any(judge(item, with_spoiled_cache(exercise, item)) for item in asked):
            unseen.add(exercise.id)
    # What these keep are sizes alone, or a number.
    assert unseen <= {"avgpool2d_backward", "global_avg_pool_backward", "residual_backward", "concat_channels"}


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_with_a_backward_pass_is_asked(name):
    for exercise in exercises(name):
        if any(function.endswith("_backward") for function in exercise.subject) and "hunt" not in exercise.id:
            asked = second_calls(exercise)
            assert asked and all(item.title.endswith("called twice with the same arguments") for item in asked)


def test_a_single_call_hands_nothing_on():
    assert second_calls(declared("activations").exercise("relu_forward")) == []
