"""What the checks say of every wrong and every right answer of an assignment, to be compared between platforms."""

from pathlib import Path

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import AnswerSheet
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Quiz, load_assignment


def judged(folder: Path, sheet: AnswerSheet) -> list[list[object]]:
    """Return a row for each mutant and each alternative: exercise, name, outcome, points, and the bug that is named.

    Parameters
    ----------
    folder : of the assignment
    sheet : with its hidden cases, wherever it was computed
    """
    rows: list[list[object]] = []
    for exercise in load_assignment(folder).exercises:
        if isinstance(exercise, Quiz):
            continue
        for answer in (*exercise.mutants, *exercise.alternatives):
            verdict = judge(sheet.exercises[exercise.id], LocalCaller(exercise.replaced(answer.functions)))
            named = verdict.diagnosis.sentence if verdict.diagnosis else ""
            rows.append([exercise.id, answer.name, verdict.outcome, verdict.points, named])
    return rows
