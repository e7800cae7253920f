"""What is asked in a room: the questions of a check that are known before any code of a student's is, made once."""

import contextlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from classroom.call.caller import Calls, CaseKey, Inputs, Outputs
from classroom.call.value import NotPlain
from classroom.judge.answer_sheet import SheetExercise
from classroom.staff.sandbox import wire


class Question(NamedTuple):
    """The calls of one case, its inputs, the outputs that are asked for, and whether the inputs have to come back."""

    calls: Calls
    inputs: Inputs
    outputs: Outputs
    back: bool = False

    def plain(self) -> tuple[list[str], dict[str, Any], list[str], bool]:
        """Return it as a room gets it."""
        return [call.text for call in self.calls], dict(self.inputs), list(self.outputs), self.back


class Batch:
    """Questions that go into a room in one message: packed, or by name where the room has them from its zygote."""

    def __init__(self, questions: Sequence[Question], known: tuple[str, list[int]] | None = None) -> None:
        """Put them together.

        Parameters
        ----------
        questions : in the order in which they are asked
        known : the name under which the zygote has questions, and the places of these among them
        """
        self.questions = questions
        self._known = known

    @cached_property
    def message(self) -> dict[str, Any]:
        """The part of a message that says what is asked, the same for every submission.

        Raises
        ------
        NotPlain
            If it is more than a message holds.
        """
        if self._known is not None:
            return {"known": self._known[0], "places": self._known[1]}
        return {"packed": _packed(self.questions)}

    @cached_property
    def fits(self) -> bool:
        """Whether there is something to ask, and it fits into one message."""
        with contextlib.suppress(NotPlain):
            return bool(self.questions and self.message)
        return False


class ExerciseQuestions:
    """The questions of one exercise: those of its cases, then those of its properties.

    Those that are visible are no secret: a zygote has them before it forks, and no room has to be told.

    packed : the visible ones, for the zygote; None where they do not fit into one message
    """

    def __init__(self, exercise: SheetExercise, *, known: bool = False) -> None:
        """Collect them.

        Parameters
        ----------
        exercise : with its hidden cases
        known : whether the zygote gets what is packed
        """
        self._name = exercise.id
        self._questions: dict[bool, dict[CaseKey, Question]] = {False: {}, True: {}}
        self._budgeted: set[CaseKey] = set()  # asked alone, so that what they spend is their own
        for key, case in exercise.keyed_cases():
            self._questions[key.hidden][key] = Question(case.script, case.inputs, case.outputs, key.number == 0)
            if case.budget:
                self._budgeted.add(key)
        for key, item in exercise.keyed_properties():
            for number, ask in enumerate(item.asks):
                # Without outputs it is asked who has changed the inputs.
                self._questions[key.hidden][key._replace(ask=number)] = Question(*ask, back=not ask.outputs)
        self.packed = None
        if known:
            with contextlib.suppress(NotPlain):
                self.packed = _packed(list(self._questions[False].values()))
        self._batches: dict[CaseKey | bool, Batch] = {}

    def keys(self, *, hidden: bool) -> Iterable[CaseKey]:
        """Name the questions of one kind, in order."""
        return self._questions[hidden]

    def together(self, *, hidden: bool) -> tuple[list[CaseKey], Batch]:
        """Return all questions of a kind that are asked in one go, and their keys."""
        keys = [key for key in self._questions[hidden] if key not in self._budgeted]
        return keys, self._batch(hidden, keys)

    def one(self, key: CaseKey) -> Batch:
        """Return one question."""
        return self._batch(key, [key])

    def _batch(self, name: CaseKey | bool, keys: Sequence[CaseKey]) -> Batch:
        if name not in self._batches:
            known = None
            if self.packed is not None and keys and not keys[0].hidden:
                places = {key: place for place, key in enumerate(self._questions[False])}
                known = self._name, [places[key] for key in keys]
            self._batches[name] = Batch([self._questions[key.hidden][key] for key in keys], known)
        return self._batches[name]


def _packed(questions: Sequence[Question]) -> np.ndarray:
    """Write questions down as a room reads them.

    Raises
    ------
    NotPlain
        If they are more than a message holds.
    """
    return wire.pack([question.plain() for question in questions])
