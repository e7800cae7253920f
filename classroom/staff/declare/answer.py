"""Compute the answer sheet from the declaration of an assignment."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.call.value import as_array, duplicate
from classroom.fault import Fault
from classroom.judge.answer_sheet import (
    AnswerSheet,
    KnownAnswer,
    SheetCase,
    SheetExercise,
    SheetMutant,
    SheetQuiz,
    SheetTerms,
)
from classroom.judge.budget import TimesForward
from classroom.judge.compare import SINGLE, compare
from classroom.judge.sketch import sketch
from classroom.staff.declare.declaration import Assignment, Exercise, Mutant, Quiz
from classroom.staff.declare.explanation import explanation
from classroom.staff.declare.second_call import second_calls
from classroom.staff.declare.seed import seed_of
from classroom.staff.declare.sheet_case import sheet_case
from classroom.staff.declare.sheet_property import sheet_property
from classroom.staff.declare.shipped import shipped_forms
from classroom.staff.declare.shown import hidden_cases, shown_cases, shown_properties
from classroom.staff.declare.shrink import ladder
from classroom.staff.declare.twin import numbered, twins


def answer_sheet(assignment: Assignment) -> AnswerSheet:
    """Compute what a student's copy holds: the visible cases with expected outputs, mutants' outputs and hints."""
    _no_id_twice(assignment)
    siblings = _written(assignment)
    made = {e.id: sheet_exercise(e, assignment.name, siblings=siblings) for e in assignment.exercises}
    return _sheet(assignment, made)


def full_sheet(assignment: Assignment, secret: str | bytes) -> AnswerSheet:
    """Compute the staff's sheet: visible and hidden cases, the hidden ones drawn for this class."""
    _no_id_twice(assignment)
    exercises = {}
    for exercise in assignment.exercises:
        rng = np.random.default_rng(seed_of(secret, assignment.name, exercise.id))
        exercises[exercise.id] = sheet_exercise(exercise, assignment.name, rng, siblings=_written(assignment))
    return _sheet(assignment, exercises)


def _written(assignment: Assignment) -> list[Exercise]:
    """Return the exercises of an assignment that ask for code."""
    return [exercise for exercise in assignment.exercises if isinstance(exercise, Exercise)]


def _sheet(assignment: Assignment, exercises: dict[str, SheetExercise]) -> AnswerSheet:
    """Put the exercises together, each with what is withheld where it is judged."""
    for exercise_id, modules in assignment.withheld.items():
        if exercise_id not in exercises:
            raise Fault(f"{assignment.name} withholds {', '.join(modules)} from {exercise_id!r}: there is no such one")
        exercises[exercise_id].withheld = tuple(modules)
    for exercise in _written(assignment):
        exercises[exercise.id].explanation = explanation(exercise, assignment)
    source = assignment.folder.parent if assignment.folder is not None else None
    return AnswerSheet(assignment.name, assignment.title, exercises, shipped_forms(source))


def _no_id_twice(assignment: Assignment) -> None:
    ids = [exercise.id for exercise in assignment.exercises]
    for exercise_id in ids:
        if ids.count(exercise_id) > 1:
            raise Fault(f"{assignment.name} has two exercises {exercise_id!r}: rename one of them, and its check cell")


def sheet_exercise(
    exercise: Exercise | Quiz,
    assignment: str,
    rng: np.random.Generator | None = None,
    *,
    siblings: Sequence[Exercise] = (),
) -> SheetExercise:
    """Compute one exercise of a sheet; with an rng its hidden cases too.

    `siblings` are the exercises of its assignment: the mistakes of a forward pass have twins in the backward pass.

    Raises
    ------
    Fault
        If the declaration cannot work; the sentence says what to change.
    """
    if isinstance(exercise, Quiz):
        return _sheet_quiz(exercise, assignment)
    cases = [sheet_case(exercise, case) for case in exercise.cases]
    small = ladder(cases, exercise.functions)
    cases += [sheet_case(exercise, case, drawn=True) for case in shown_cases(exercise, assignment)]
    if rng is not None:
        cases += [sheet_case(exercise, case, drawn=True, hidden=True) for case in hidden_cases(exercise, rng)]
    mutants = _sheet_mutants(exercise, siblings, cases)
    made = SheetExercise(
        id=exercise.id,
        points=float(exercise.points),
        subject=tuple(exercise.subject),
        functions=tuple(exercise.functions),
        cases=cases,
        properties=[],
        parts=_parts(exercise, cases),
        mutants=mutants,
        terms=_sheet_terms(exercise, cases) if exercise.terms else None,
        hints=tuple(exercise.hints),
        tolerance=exercise.tolerance,
    )
    made.small = small
    shown = [*exercise.properties, *shown_properties(exercise), *second_calls(exercise)]
    made.properties = [sheet_property(exercise, item, False, made) for item in shown]
    if rng is not None:
        made.properties += [sheet_property(exercise, item, True, made, rng) for item in exercise.hidden_properties]
    return made


def hidden_part(exercise: Exercise, visible: SheetExercise, rng: np.random.Generator) -> SheetExercise:
    """Return the hidden cases and properties of a class alone: the rest is the same for every class.

    It says whether answers that pass the visible part are right for this class too, and knows no wrong one.

    Parameters
    ----------
    exercise : the declaration
    visible : what `sheet_exercise` makes of it without an rng
    rng : of the class
    """
    cases = [sheet_case(exercise, case, drawn=True, hidden=True) for case in hidden_cases(exercise, rng)]
    properties = [sheet_property(exercise, item, True, visible, rng) for item in exercise.hidden_properties]
    return dataclasses.replace(visible, cases=cases, properties=properties, mutants=[], terms=None, small=[])


def _sheet_mutants(exercise: Exercise, siblings: Sequence[Exercise], cases: Sequence[SheetCase]) -> list[SheetMutant]:
    """Return what is known of every mutant's answers, and of those of its twin."""
    own = [
        SheetMutant(mutant.name, mutant.sentence, mutant.tag, [_answer(exercise, mutant, case) for case in cases])
        for mutant in exercise.mutants
    ]
    return numbered([*own, *twins(exercise, siblings, cases, own)])


def _answer(exercise: Exercise, mutant: Mutant, case: SheetCase) -> KnownAnswer:
    run = LocalCaller(exercise.replaced(mutant.functions)).run(case.script, case.inputs, case.outputs)
    if case.budget is not None and not isinstance(case.budget, TimesForward):
        run = case.budget.keep(run)
    if run.error is not None and run.error.name in ("NameError", "UnboundLocalError"):
        raise Fault(f"{exercise.id}: the mutant {mutant.name!r} is no bug but a typing error: {run.error.message}")
    error = (run.error.kind, run.error.name) if run.error is not None else None
    if case.measure is not None:
        right = list(run.values) if error is None and case.measure.judge(run.values, case.inputs) is None else []
        features = case.measure.features(run.values, case.inputs) if error is None else ()
    else:
        limit = max(exercise.tolerance if case.tolerance is None else case.tolerance, SINGLE if case.single else 0.0)
        right = [name for name, value in run.values.items() if compare(value, case.expected[name], limit).right]
        features = ()
    sketches = {name: sketch(value) for name, value in run.values.items() if name not in right}
    return KnownAnswer(tuple(right), sketches, error, run.changed, features)


def _parts(exercise: Exercise, cases: Sequence[SheetCase]) -> dict[str, float]:
    used = list(dict.fromkeys(part for case in cases for part in case.parts.values()))
    visible = {part for case in cases if not case.hidden for part in case.parts.values()}
    for part in used:
        if part not in visible:
            raise Fault(f"{exercise.id}: the part {part!r} occurs in hidden cases only, add a visible one")
    if exercise.parts is None:
        return dict.fromkeys(used, 1.0)
    if set(exercise.parts) != set(used):
        different = sorted(set(exercise.parts) ^ set(used))
        raise Fault(f"{exercise.id}: parts and the cases' parts differ in {', '.join(different)}")
    return {name: float(weight) for name, weight in exercise.parts.items()}


def _sheet_quiz(quiz: Quiz, assignment: str) -> SheetExercise:
    if quiz.right not in quiz.choices:
        raise Fault(f"{quiz.id}: the right choice {quiz.right!r} is none of {', '.join(quiz.choices)}")
    missing = [choice for choice in quiz.choices if choice not in quiz.because]
    if missing:
        raise Fault(f"{quiz.id}: because has no sentence for the choice {missing[0]!r}")
    salt = hashlib.sha256(f"{assignment}\0{quiz.id}\0{quiz.question}".encode()).hexdigest()[:16]
    hashed = SheetQuiz(quiz.question, dict(quiz.choices), salt, SheetQuiz.hash_of(salt, quiz.right), dict(quiz.because))
    return SheetExercise(
        id=quiz.id,
        points=float(quiz.points),
        subject=("answer",),
        functions=(),
        cases=[],
        properties=[],
        parts={"answer": 1.0},
        mutants=[],
        terms=None,
        hints=(),
        tolerance=0.0,
        quiz=hashed,
    )


def _sheet_terms(exercise: Exercise, cases: Sequence[SheetCase]) -> SheetTerms:
    terms = exercise.terms
    assert terms is not None
    by_case: list[dict[str, np.ndarray]] = []
    for case in cases:
        summands: Mapping[str, np.ndarray] = {}
        if terms.output in case.outputs and case.measure is None:
            summands = terms.function(**{name: duplicate(value) for name, value in case.inputs.items()}) or {}
        if summands:
            total = np.asarray(sum(summands.values()))
            expected = as_array(case.expected[terms.output])
            away = float(np.abs(total - expected).max())
            if expected.dtype == float and away > 1e-9 * max(1e-3, float(np.abs(expected).max())):
                raise Fault(f"{exercise.id}, case {case.name!r}: the terms do not add up to {terms.output}")
        by_case.append({name: np.asarray(value) for name, value in summands.items()})
    return SheetTerms(terms.output, dict(terms.sentences), by_case)
