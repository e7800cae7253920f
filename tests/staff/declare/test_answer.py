"""The answer sheet of a declaration: what the reference answers, and what only staff has."""

import dataclasses

import numpy as np
import pytest
from bugs import LINEAR, RELU, sheet_of

from classroom.call.caller import LocalCaller
from classroom.call.value import same
from classroom.fault import Fault
from classroom.judge.answer_sheet import SheetQuiz
from classroom.judge.verdict import judge
from classroom.staff.declare.answer import full_sheet, hidden_part, sheet_exercise
from classroom.staff.declare.declaration import Assignment, PairGradient, Property, Quiz
from classroom.staff.declare.seed import seed_of

pytestmark = pytest.mark.slow


def test_expected_outputs_come_from_the_reference():
    case = sheet_of(RELU).cases[0]
    assert np.array_equal(case.expected["grad_x"], case.inputs["grad_y"] * (case.inputs["x"] > 0))


def test_a_student_sheet_has_no_hidden_case_and_a_full_one_has():
    assert not any(case.hidden for case in sheet_of(LINEAR).cases)
    full = full_sheet(Assignment("small", "Small", [LINEAR]), "secret").exercises["linear_backward"]
    assert sum(case.hidden for case in full.cases) == 2
    assert [case.name for case in full.visible().cases] == ["tiny", "small", "large", "odd shapes", "float32"]
    assert len(full.visible().mutants[0].answers) == 5


def slopes(rng):
    return {"x": rng.normal(size=(3, 4)), "weight": rng.normal(size=(4, 2)), "bias": rng.normal(size=2)}


GRADIENT = Property(PairGradient("linear_forward", "linear_backward", linear=True), inputs=slopes, kind="other slopes")
DRAWN = dataclasses.replace(LINEAR, hidden_properties=[GRADIENT])


def test_the_hidden_part_of_a_class_is_that_of_its_full_sheet():
    full = full_sheet(Assignment("small", "Small", [DRAWN]), "secret").exercises[DRAWN.id]
    rng = np.random.default_rng(seed_of("secret", "small", DRAWN.id))
    part = hidden_part(DRAWN, sheet_exercise(DRAWN, "small"), rng)
    hidden = [case for case in full.cases if case.hidden], [item for item in full.properties if item.hidden]
    assert all(hidden) and [case.name for case in part.cases] == [case.name for case in hidden[0]]
    assert [item.title for item in part.properties] == [item.title for item in hidden[1]]
    for made, drawn in zip((*part.cases, *part.properties), (*hidden[0], *hidden[1]), strict=True):
        assert same(made.inputs, drawn.inputs)
    for functions, outcome in ((DRAWN.functions, "right"), (DRAWN.replaced(DRAWN.mutants[0].functions), "wrong")):
        assert judge(part, LocalCaller(functions)).outcome == outcome


QUIZ = Quiz("quiz_1", 2, "Which?", {"a": "this", "b": "that"}, right="b", because={"a": "No.", "b": "Yes."})


def test_a_question_keeps_its_answer_as_a_hash():
    quiz = sheet_of(QUIZ).quiz
    assert quiz.hash_of_right == SheetQuiz.hash_of(quiz.salt, "b") != SheetQuiz.hash_of(quiz.salt, "a")


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"right": "c"}, "none of a, b"), ({"because": {"a": "No."}}, "no sentence for the choice 'b'")],
)
def test_a_bad_question_is_an_error(changes, said):
    with pytest.raises(Fault, match=said):
        sheet_of(dataclasses.replace(QUIZ, **changes))
