"""What a class's scores say about its exercises: how many points were earned, discrimination, and the bugs made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classroom.staff.report.nearness import Near

# With fewer submissions a correlation says nothing, and a number would be read as if it did.
SMALLEST_CLASS = 10


@dataclass(frozen=True)
class Graded:
    """One submission as it was graded.

    scores, max_scores : by grade id of the cell, in the order of the notebook
    verdicts : by exercise, as `classroom.judge.verdict.Verdict.to_json` gives them
    outcome, reason : "graded", or why it could not be
    untouched : exercises whose answer is as it was released: nothing was tried
    answers : for exercises with a bug that was recognised, what was written
    penalty : points that lateness costs
    near : what of it is near to the course's own text
    """

    student: str
    name: str
    assignment: str
    scores: Mapping[str, float]
    max_scores: Mapping[str, float]
    verdicts: Mapping[str, Mapping[str, Any]]
    outcome: str = "graded"
    reason: str = ""
    late: bool = False
    seconds: float = 0.0
    untouched: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    near: Sequence[Near] = ()

    @property
    def total(self) -> float:
        """All points that were earned."""
        return float(sum(self.scores.values()))

    @property
    def counted(self) -> float:
        """The points that count, lateness taken off."""
        return max(0.0, self.total - self.penalty)

    @property
    def max_total(self) -> float:
        """The points that there are."""
        return float(sum(self.max_scores.values()))

    def outcome_of(self, exercise: str) -> str:
        """Return how an exercise was met; a hunt that nobody touched was not started, though its check runs."""
        outcome = str(self.verdicts.get(exercise, {}).get("outcome", "not graded"))
        return "not started" if exercise in self.untouched and outcome != "right" else outcome


@dataclass(frozen=True)
class Item:
    """How a class met one exercise.

    share : mean share of the points
    discrimination : correlation of this score with the rest of the submission's points; None where it means nothing
    outcomes : how many submissions were right, wrong, crashed, not started
    flags : what a teacher should look at
    """

    exercise: str
    points: float
    share: float
    discrimination: float | None
    outcomes: Mapping[str, int]
    flags: tuple[str, ...] = ()


@dataclass
class Bug:
    """A mistake with a name, and who made it."""

    assignment: str
    exercise: str
    name: str
    sentence: str
    made_by: list[Graded] = field(default_factory=list)

    @property
    def students(self) -> list[str]:
        """The names of those who made it."""
        return [one.name for one in self.made_by]


def items(graded: Sequence[Graded]) -> list[Item]:
    """Analyse the exercises of one assignment, in the order of the notebook."""
    if not graded:
        return []
    totals = np.array([one.total for one in graded])
    analysed = []
    for exercise, points in graded[0].max_scores.items():
        scores = np.array([one.scores.get(exercise, 0.0) for one in graded])
        outcomes = Counter(one.outcome_of(exercise) for one in graded)
        share = float(scores.mean() / points) if points else 0.0
        found = discrimination(scores, totals - scores)
        analysed.append(Item(exercise, points, share, found, dict(outcomes), _flags(scores, points, found)))
    return analysed


def discrimination(scores: np.ndarray, rest: np.ndarray) -> float | None:
    """Correlate an exercise with the rest of the points (the corrected point-biserial).

    None for a small class, and where all scores or all rests are the same.
    """
    if len(scores) < SMALLEST_CLASS or np.ptp(scores) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(scores, rest)[0, 1])


def _flags(scores: np.ndarray, points: float, found: float | None) -> tuple[str, ...]:
    flags = []
    if len(scores) >= SMALLEST_CLASS:
        if np.all(scores == 0):
            flags.append("nobody has a point")
        elif np.all(scores == points):
            flags.append("everybody has all points")
    if found is not None and found < 0:
        flags.append("those who are good fail it: is the check right?")
    return tuple(flags)


def bugs(graded: Sequence[Graded]) -> list[Bug]:
    """Collect the mistakes that were recognised, the commonest first; an exercise that nobody touched is not one."""
    found: dict[tuple[str, str, str], Bug] = {}
    for one in graded:
        for exercise, verdict in one.verdicts.items():
            diagnosis = verdict.get("diagnosis")
            if diagnosis and exercise not in one.untouched:
                name, sentence = str(diagnosis["name"]), str(diagnosis["sentence"])
                key = (one.assignment, exercise, name)
                found.setdefault(key, Bug(one.assignment, exercise, name, sentence)).made_by.append(one)
    return sorted(found.values(), key=lambda bug: (-len(bug.made_by), bug.assignment, bug.exercise, bug.name))


def reliability(graded: Sequence[Graded]) -> float | None:
    """Cronbach's alpha of one assignment: how far its exercises measure the same thing."""
    if len(graded) < SMALLEST_CLASS or len(graded[0].max_scores) < 2:
        return None
    scores = np.array([[one.scores.get(exercise, 0.0) for exercise in graded[0].max_scores] for one in graded])
    spread = scores.sum(axis=1).var(ddof=1)
    if spread == 0:
        return None
    count = scores.shape[1]
    return float(count / (count - 1) * (1 - scores.var(axis=0, ddof=1).sum() / spread))
