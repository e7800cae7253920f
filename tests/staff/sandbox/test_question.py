"""The questions of an exercise are made before any student's code is there, and say nothing of what is expected."""

import numpy as np

from classroom.call.caller import CaseKey
from classroom.call.value import arrays_in
from classroom.judge.answer_sheet import SheetCase, SheetExercise, SheetProperty
from classroom.judge.budget import CpuSeconds
from classroom.judge.relation import Equal, Gradient
from classroom.staff.sandbox import wire
from classroom.staff.sandbox.question import Batch, ExerciseQuestions, Question


def exercise(**inputs):
    """Make an exercise of three cases, one of them hidden and one with a budget, and a gradient to be checked."""
    x = np.arange(1.0, 4.0)
    given = {"x": x, "grad_y": x} | inputs
    calls = ("y, cache = f(x)", "grad_x = g(grad_y, cache)")
    fields = {"calls": calls[:1], "outputs": ("y",), "expected": {"y": 7 * x}, "parts": {"y": "y"}}
    cases = [
        SheetCase("small", {"x": x}, **fields),
        SheetCase("timed", {"x": 2 * x}, **fields, budget=CpuSeconds(1.0)),
        SheetCase("secret", {"x": 3 * x}, **fields, hidden=True),
    ]
    slopes = SheetProperty(Gradient("y", {"x": "grad_x"}), "", calls, given, ("y",))
    again = SheetProperty(Equal("y", "x"), "", calls[:1], {"x": 5 * x}, ("y",), hidden=True)
    return SheetExercise("f", 1.0, ("f",), ("f",), cases, [slopes, again], {"y": 1.0}, [], None, (), 1e-6)


def test_cases_and_what_properties_ask_come_in_their_order():
    questions = ExerciseQuestions(exercise())
    visible = [CaseKey("f", 0, False), CaseKey("f", 1, False), *(CaseKey("f", 0, False, ask) for ask in range(5))]
    assert list(questions.keys(hidden=False)) == visible
    assert list(questions.keys(hidden=True)) == [CaseKey("f", 0, True), CaseKey("f", 0, True, 0)]
    (slope,) = questions.one(visible[-1]).questions
    assert [call.text for call in slope.calls] == ["y, cache = f(x)"] and slope.outputs == ["y"]


def test_what_has_a_budget_is_asked_alone():
    keys, batch = ExerciseQuestions(exercise()).together(hidden=False)
    assert CaseKey("f", 1, False) not in keys and len(keys) == len(batch.questions) == 6


def test_the_zygote_is_told_of_nothing_hidden():
    questions = ExerciseQuestions(exercise(), known=True)
    told = wire.unpack(questions.packed)
    assert [inputs["x"][0] for _, inputs, _, _ in told][:3] == [1.0, 2.0, 1.0] and len(told) == 7
    numbers = {float(number) for array in arrays_in(told) for number in array.ravel()}
    assert not numbers & {9.0, 15.0, 7.0, 14.0, 21.0}  # hidden inputs, and what is expected
    assert questions.together(hidden=False)[1].message == {"known": "f", "places": [0, 2, 3, 4, 5, 6]}
    assert "packed" in questions.together(hidden=True)[1].message


def test_what_a_zygote_does_not_know_is_packed():
    packed = ExerciseQuestions(exercise()).one(CaseKey("f", 1, False)).message["packed"]
    ((calls, inputs, outputs, back),) = wire.unpack(packed)
    assert (calls, inputs["x"].tolist(), outputs, back) == (["y, cache = f(x)"], [2.0, 4.0, 6.0], ["y"], False)


def test_the_first_case_of_each_kind_sends_its_inputs_back():
    """What was changed in place is found out here, and not left to what a room says of it."""
    questions = ExerciseQuestions(exercise())
    asked = {
        key: questions.one(key).questions[0].back for hidden in (False, True) for key in questions.keys(hidden=hidden)
    }
    cases = {key: back for key, back in asked.items() if key.ask is None}
    assert cases == {CaseKey("f", 0, False): True, CaseKey("f", 1, False): False, CaseKey("f", 0, True): True}
    assert [question.back for question in questions.together(hidden=True)[1].questions] == [True, False]


def test_more_than_a_message_holds_is_not_asked_in_one_go():
    many = ExerciseQuestions(exercise(more=[np.zeros(1)] * 1000), known=True)
    assert many.packed is None and not many.together(hidden=False)[1].fits
    assert many.one(CaseKey("f", 0, False)).fits
    assert not Batch([]).fits and Batch([Question((), {}, [])]).fits
