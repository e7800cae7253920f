"""Which hints fit what fails: those of the parts that are wrong, and last of all the bug itself, when it is known."""

import re

from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.verdict import DTYPE, Verdict

_NOT_ABOUT_VALUES = ("changed", "width", "slow")  # stages that say all there is to say, and no hint explains


def ladder(exercise: SheetExercise, verdict: Verdict | None) -> list[str]:
    """Return the hints for an exercise in the order in which they are given.

    Parameters
    ----------
    exercise : whose hints may name outputs or parts of the points; such a hint is for them alone
    verdict : of its last check; None before any, when every hint may help
    """
    if verdict is None:
        return list(exercise.hints)
    bugs = [f"{'What is seen' if bug.how == 'symptom' else 'The bug'}: {bug.sentence}" for bug in verdict.bugs]
    if verdict.findings and all(finding.stage in _NOT_ABOUT_VALUES for finding in verdict.findings):
        return bugs
    failing = {part for part, right in verdict.parts.items() if not right and part != DTYPE}
    return [hint for hint in exercise.hints if _fits(exercise, hint, failing)] + bugs


def _fits(exercise: SheetExercise, hint: str, failing: set[str]) -> bool:
    """Whether a hint is about nothing in particular, or about something that fails."""
    about = {part for part, words in _words(exercise).items() if any(re.search(rf"\b{word}\b", hint) for word in words)}
    return not about or not failing or bool(about & failing)


def _words(exercise: SheetExercise) -> dict[str, set[str]]:
    """Return for each part the names under which a hint may speak of it: its own, and those of its outputs."""
    words = {part: {re.escape(part)} for part in exercise.parts if len(part) > 1}
    for case in exercise.cases:
        for output, part in case.parts.items():
            if len(output) > 1 and part in words:
                words[part].add(re.escape(output))
    return words
