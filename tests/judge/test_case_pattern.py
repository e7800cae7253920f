"""In which cases an answer is wrong: from the second call on, with a setting, or in no pattern that is told."""

import dataclasses

import numpy as np
import pytest

from classroom.call.value import Function
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.case_pattern import Met, case_pattern, follows_from
from classroom.judge.measure import Dropout

X = np.arange(6.0).reshape(2, 3)
STEPS = tuple(f"w{t + 1}, state{t + 1} = rule(w{t}, g, state{t}, rate=rate)" for t in range(3))
TWICE = (*STEPS[:2], "again, _ = rule(w1, g, state1, rate=rate)")


def steps(wrong, outputs=("w1", "w2", "w3"), calls=STEPS):
    parts = dict.fromkeys(outputs, "weight")
    case = SheetCase("steps", {"w0": X, "g": X, "state0": None, "rate": 0.1}, calls, outputs, {}, parts)
    return Met(case, tuple(wrong))


def set_to(wrong, *calls, **inputs):
    case = SheetCase("a case", {"x": X, **inputs}, calls or ("y = layer(x)",), ("y",), {}, {"y": "y"})
    return Met(case, ("y",) if wrong else ())


def test_what_is_wrong_from_the_second_call_on_is_told_with_what_that_is_given():
    found = case_pattern([steps(["w2", "w3"]), steps(["w2", "w3"]), steps([]), steps(["again"], ("again",), TWICE)])
    assert found.name == "from a later call on"
    assert found.sentence == (
        "w1, of a first call, is right in every case. What is wrong begins with w2, for which rule is given state1, "
        "which it has returned itself. What is kept there, and what is made of it?"
    )


def test_what_is_wrong_begins_where_it_does_so_soonest():
    by_chance, soonest = steps(["w3"]), steps(["again"], ("w1", "again"), TWICE)
    for met in [by_chance, soonest], [soonest, by_chance], [by_chance, steps(["w3", "w2"])]:
        assert "begins with w3" not in case_pattern(met).sentence
    assert "begins with w3, for which rule is given state2," in case_pattern([by_chance, by_chance]).sentence


@pytest.mark.parametrize(
    "met",
    [
        [steps(["w2", "w3"])],
        [steps(["w2", "w3"]), steps(["w2", "w3"]), steps(["w1", "w2", "w3"])],
        [steps(["w2"], ("w2",)), steps(["w2"], ("w2",))],
        [steps(["y2"], ("y1", "y2"), ("y1 = f(w0)", "y2 = f(y1)"))] * 2,
        [steps(["y2"], ("y1", "y2"), ('y1, kept = parts["f"](w0)', 'y2 = parts["g"](kept)'))] * 2,
    ],
    ids=["one case", "a first call", "no first call is asked for", "nothing is kept", "another function of a dict"],
)
def test_a_second_call_is_not_blamed_where_that_is_not_known(met):
    assert case_pattern(met) is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ([{"eps": 0.1}, {"eps": 2.0}, {}, {}], "each of the 2 cases that give eps"),
        ([{"a": 0.1, "b": 2}] * 2 + [{}] * 2, "each of the 2 cases that give a and b"),
        ([{"stride": 2}, {"stride": 3}, {"stride": 1}, {}], "each of the 2 cases in which stride is more than 1"),
        ([{"way": "same"}] * 2 + [{"way": "full"}] * 3, "each of the 2 cases in which way is 'same'"),
        ([{"shape": [2, 3, 1]}] * 2 + [{"shape": (2, 3)}] * 2, "each of the 2 cases in which the length of shape is 3"),
    ],
)
def test_the_one_thing_that_wrong_cases_share_is_told(settings, said):
    found = case_pattern([set_to(number < 2, **each) for number, each in enumerate(settings)])
    assert found.name == "a setting" and found.sentence == f"Wrong in {said}, and right in all others."


def test_cases_that_ask_for_nothing_that_is_wrong_are_counted_apart():
    forward = SheetCase("forward", {"x": X, "training": True}, ("z = layer(x)",), ("z",), {}, {"z": "forward"})
    asking = [set_to(number < 2, training=number < 2) for number in range(5)]
    found = case_pattern([*asking, Met(forward, ()), Met(forward, ())])
    assert found.sentence == (
        "Of the 5 cases that ask for y, all 2 in which training is True are wrong, and all others are right."
    )


def test_what_is_right_wherever_a_setting_is_given_is_told_before_what_is_kept():
    def with_a_rate(wrong, **inputs):
        item = steps(wrong)
        item.case.inputs |= inputs
        return item

    wrong = [with_a_rate(["w2", "w3"]) for _ in range(3)]
    found = case_pattern([*wrong, with_a_rate([], momentum=0.9), with_a_rate([], momentum=0.5)])
    assert found.name == "a setting left out"
    assert found.sentence.startswith("Right in each of the 2 cases that give momentum: what is wrong leaves it out.")
    for one in [with_a_rate([], momentum=0.9)], [with_a_rate([], momentum=0.9), with_a_rate(["w2"], momentum=0.5)]:
        assert case_pattern([*wrong, *one]).name == "from a later call on"


def test_an_answer_that_is_measured_as_a_whole_has_its_part_under_another_name():
    case = SheetCase("600 images", {"rng": 1}, ("layers = train(rng)",), ("layers",), {}, {"accuracy": "accuracy"})
    assert case_pattern([Met(case, ("layers",))]) is None


def test_what_wrong_cases_set_is_not_told_where_the_right_ones_set_nothing_and_they_set_more():
    both, plain = {"stride": 2, "padding": 1}, [{}] * 3
    wrong = [set_to(True, **both), set_to(True, **both), set_to(True, stride=3)]
    assert case_pattern([*wrong, *(set_to(False, **each) for each in plain)]) is None
    assert "cases that give stride" in case_pattern([*wrong, *(set_to(False, padding=1) for _ in plain)]).sentence


def test_a_few_that_share_it_may_be_right_where_many_others_are():
    settings = [{"eps": 0.1}] * 5 + [{}] * 3
    told = case_pattern([set_to(number < 4, **each) for number, each in enumerate(settings)])
    assert told.sentence == "Wrong in 4 of the 5 cases that give eps, and right in all others."
    assert case_pattern([set_to(number < 3, **each) for number, each in enumerate(settings)]) is None


def test_random_answers_within_their_bounds_are_not_called_right_beside_compared_ones_that_are_wrong():
    def drawn(item):
        return dataclasses.replace(item, case=dataclasses.replace(item.case, measure=Dropout()))

    wrong, right = [set_to(True, eps=0.1), set_to(True, eps=2.0)], [set_to(False), set_to(False)]
    assert case_pattern([*wrong, *right]) is not None
    assert case_pattern([*wrong, *map(drawn, right)]) is None
    assert case_pattern([*map(drawn, wrong), *right]) is not None
    assert case_pattern([*map(drawn, wrong), *map(drawn, right)]) is not None


def test_a_mode_that_the_call_itself_sets_is_a_setting():
    met = [set_to(wrong, f"y = layer(x, training={not wrong})") for wrong in (True, True, False, False)]
    assert "2 cases in which training is False, and right" in case_pattern(met).sentence


@pytest.mark.parametrize(
    "settings",
    [
        [{"eps": 0.1}, {}, {}, {}, {}],
        [{"eps": 0.1}, {"eps": 0.1}, {"eps": 0.1}, {}],
        [{"eps": 0.1}] * 4 + [{}] * 2,
        [{"eps": 0.1, "way": "same"}] * 2 + [{"way": "full"}] * 2,
        [{"stride": 2, "size": 2}] * 2 + [{"stride": 1, "size": 1}] * 2,
        [{"rate": 0.1}] * 2 + [{"rate": 0.2}] * 2,
        [{}] * 2 + [{"way": "same"}] * 2,
        [{"bend": Function("bend")}] * 2
        + [{"bend": "tanh"}, {"bend": Function("cubic")}, {"bend": Function("cubic")}] * 2,
        [{"dims": [2, 3, 4]}] * 2 + [{"dims": [2, 3]}] * 2,
    ],
    ids=[
        *("not in all", "one right", "few of them", "two that may be it", "two sizes", "a number like another"),
        *("what is left out", "a function like most", "how many numbers in a list"),
    ],
)
def test_where_more_or_nothing_tells_them_apart_nothing_is_told(settings):
    assert case_pattern([set_to(number < 2, **each) for number, each in enumerate(settings)]) is None


def test_what_differs_in_one_case_alone_is_not_told():
    assert case_pattern([set_to(True, eps=0.1), set_to(False), set_to(False)]) is None
    assert case_pattern([set_to(True, eps=0.1), set_to(True, eps=0.2), set_to(False)]) is None


def test_cases_that_ask_for_other_parts_say_nothing():
    """They are right whatever is wrong."""
    others = [dataclasses.replace(item.case, parts={"y": "another"}) for item in (set_to(False), set_to(False))]
    met = [set_to(True, eps=0.1), set_to(True, eps=0.2), *[Met(case, ()) for case in others]]
    assert case_pattern(met) is None


def test_what_follows_from_a_wrong_step_of_the_same_function_is_known():
    case = steps([]).case
    assert [follows_from(case, name, ["w1", "w2", "w3"]) for name in ("w1", "w2", "w3")] == [False, True, True]
    assert [follows_from(case, name, ["w2", "w3"]) for name in ("w1", "w2", "w3")] == [False, False, True]
    both = SheetCase("both", {"x": X}, ("y, cache = forward(x)", "grad_x = backward(x, cache)"), ("y",), {}, {})
    assert not follows_from(both, "grad_x", ["y", "grad_x"])
