"""Naming the bug: an answer that equals that of a known wrong implementation, of two of them, or of a broken formula.

A name needs information.  A known bug is named when it gives the same values in every case of a part of the points, in
two cases or more that show it, with numbers that are not all the same; when no other known bug is nearly as near; and
when no other part contradicts it.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from classroom.judge.answer_sheet import Answer, KnownAnswer, SheetExercise, SheetMutant
from classroom.judge.formula_terms import explain, factors_of
from classroom.judge.sketch import APART, Sketch, distance, form_of, sketch

CASES = 2  # cases that must show the difference
CLEAR = 10.0  # how many times as far as rounding a bug is from right code, in a case that shows it
FEATURES = 0.5  # distance of random answers that are alike, but not the same draws
TWIN = "twin"

Place = tuple[int, str]  # a case, and an output of it; "" stands for all outputs of a random answer


@dataclass(frozen=True)
class Diagnosis:
    """A bug that is known: its name, the sentence for the student, and how many cases show it.

    how : by the answers of a known bug or of two of them, or by the summands of a formula; or a symptom, which says
        what is seen and not why
    output : the part of the points, or parts, that it is about; None for all of the exercise
    """

    name: str
    sentence: str
    how: Literal["mutant", "pair", "terms", "symptom"]
    cases: int
    output: str | None = None


def diagnose(exercise: SheetExercise, answers: Sequence[Answer], wrong: Sequence[Sequence[str]]) -> list[Diagnosis]:
    """Name the bugs behind wrong answers, each part of the points for itself, or stay silent.

    Parameters
    ----------
    exercise : with its mutants' answers and terms
    answers : of the student, case by case
    wrong : the outputs whose values are wrong, case by case (empty where the case is right)
    """
    if not any(
        names and (answer.error is None or not answer.values.keys().isdisjoint(names))
        for answer, names in zip(answers, wrong, strict=True)
    ):
        return []  # calls that stop before they give anything tell no bug from another
    evidence = _Evidence(exercise, answers, wrong)
    named = evidence.by_one_mutant()
    for part in evidence.wrong_parts:
        if not any(part in parts for parts, _ in named):
            named += [((part,), found) for found in evidence.by_two_mutants(part)]
    if exercise.terms is not None:
        part = next(
            (case.parts[exercise.terms.output] for case in exercise.cases if exercise.terms.output in case.parts), ""
        )
        if not any(part in parts for parts, _ in named):
            outputs = [case.outputs for case in exercise.cases]
            factors, fitted = factors_of(exercise.terms, answers, outputs)
            label, sentence = explain(exercise.terms, factors)
            named += [((part,), Diagnosis(label, sentence, "terms", fitted, part))] if label else []
    return list(dict.fromkeys(found for _, found in named))


class _Evidence:
    """What the student's answers tell of each known bug."""

    def __init__(self, exercise: SheetExercise, answers: Sequence[Answer], wrong: Sequence[Sequence[str]]) -> None:
        self.exercise, self.answers, self.wrong = exercise, answers, wrong
        self.places: dict[str, list[Place]] = {}
        for index, case in enumerate(exercise.cases):
            for output, part in case.parts.items():
                place = (index, "" if case.measure is not None else output)
                if place not in self.places.setdefault(part, []):
                    self.places[part].append(place)
        self.wrong_parts = [part for part, places in self.places.items() if any(map(self._is_wrong, places))]
        self._forms: dict[Place, str] = {}
        self._mine: dict[Place, Sketch] = {}

    def by_one_mutant(self) -> list[tuple[tuple[str, ...], Diagnosis]]:
        """Name the bug that explains everything, or one for each part that it explains."""
        apart = [
            {part: self._away(mutant, places) for part, places in self.places.items()}
            for mutant in self.exercise.mutants
        ]
        for twin in (False, True):  # a mistake of the backward pass itself is the simpler cause
            numbers = [n for n, mutant in enumerate(self.exercise.mutants) if (mutant.tag == TWIN) == twin]
            whole = self._told(numbers, list(self.places), lambda n: max(apart[n].values(), default=math.inf))
            if whole is not None:
                return [(tuple(self.wrong_parts), whole)]
        named: list[tuple[tuple[str, ...], Diagnosis]] = []
        for part in self.wrong_parts:
            for twin in (False, True):
                numbers = [
                    n
                    for n, mutant in enumerate(self.exercise.mutants)
                    if (mutant.tag == TWIN) == twin and self._agrees(mutant, apart[n])
                ]
                found = self._told(numbers, [part], lambda n, part=part: apart[n][part])  # type: ignore[misc]
                if found is not None:
                    named.append(((part,), replace(found, output=part)))
                    break
        return _merged(named)

    def by_two_mutants(self, part: str) -> list[Diagnosis]:
        """Name two known bugs, each of which shows by itself in some case, and both together in another.

        Errors add up, or multiply, for one slip too, and one slip may be one bug here and another there.
        """
        places = [place for place in self.places[part] if place[1]]
        if any(self.exercise.cases[index].measure for index, _ in self.places[part]):
            return []
        if not all(self._stopped(place) or self._apart(place, self._expected(place)) < math.inf for place in places):
            return []  # two bugs add up in values of the right form
        # A single number is soon explained by two bugs, whatever they are; an array is not.
        telling = {place[0] for place in places if self._is_wrong(place) and self._holds_several_numbers(place)}
        if len(telling) < CASES:
            return []
        own = [m for m in self.exercise.mutants if m.tag != TWIN and self._shown(m, places) >= CASES]
        found = [
            (one, other)
            for one, other in itertools.combinations(own, 2)
            if self._shows_alone(one, other, places)
            and self._shows_alone(other, one, places)
            and any(self._tells(one, place) and self._tells(other, place) for place in places)
            and any(self._explained(places, way, one, other) for way in (_added, _multiplied))
            and not (self._is_a_size(one, places) and self._is_a_size(other, places))  # many have the same product
        ]
        if len({frozenset((one.sentence, other.sentence)) for one, other in found}) != 1:
            return []
        one, other = found[0]
        cases = min(self._shown(one, places), self._shown(other, places))
        sentence = (
            f"Two bugs at once, each of which shows in a case without the other. One: {one.sentence} "
            f"The other: {other.sentence}"
        )
        return [Diagnosis(f"{one.name} + {other.name}", sentence, "pair", cases, part)]

    def _told(self, numbers: list[int], parts: list[str], away: Callable[[int], float]) -> Diagnosis | None:
        """Return the one known bug that matches in these parts and can be told from all others."""
        places = [place for part in parts for place in self.places[part]]
        near = [n for n in numbers if away(n) <= APART]
        close = [n for n in near if self._enough(self.exercise.mutants[n], places)]
        if any(away(n) < FEATURES for n in close):
            close = [n for n in close if away(n) != FEATURES]  # the same draws say more
        if not any(away(n) <= 1 for n in close) or len({self.exercise.mutants[n].sentence for n in close}) > 1:
            return None
        best = self.exercise.mutants[min(close, key=away)]
        return Diagnosis(best.name, best.sentence, "mutant", self._shown(best, places))

    def _agrees(self, mutant: SheetMutant, apart: dict[str, float]) -> bool:
        """Whether the parts that a bug would spoil are all wrong here too, and more than half in the same way."""
        spoilt = [part for part, places in self.places.items() if any(self._spoils(mutant, place) for place in places)]
        matched = [part for part in spoilt if apart[part] <= 1]
        return all(part in self.wrong_parts for part in spoilt) and 2 * len(matched) > len(spoilt)

    # --- one place ----------------------------------------------------------------------------------

    def _is_wrong(self, place: Place) -> bool:
        index, output = place
        return self._stopped(place) or (output in self.wrong[index] if output else bool(self.wrong[index]))

    def _stopped(self, place: Place) -> bool:
        answer = self.answers[place[0]]
        return answer.error is not None and place[1] not in answer.values

    def _spoils(self, mutant: SheetMutant, place: Place) -> bool:
        index, output = place
        known = mutant.answers[index]
        if output:
            return output in known.sketches
        return bool(known.sketches) and known.error is None

    def _away(self, mutant: SheetMutant, places: Sequence[Place]) -> float:
        worst = 0.0
        for place in places:
            worst = max(worst, self._distance(mutant.answers[place[0]], place))
            if worst > APART:
                return math.inf
        return worst

    def _distance(self, known: KnownAnswer, place: Place) -> float:
        """Return how far the student's answer is from a known one; 0 where there is nothing to compare."""
        index, output = place
        if self._stopped(place):
            return 0.0
        if known.error is not None and self.answers[index].error is None:
            return math.inf
        if not output:
            return self._distance_of_draws(known, index)
        mine_wrong = output in self.wrong[index]
        if output in known.sketches:
            return self._apart(place, known.sketches[output]) if mine_wrong else math.inf
        if output in known.right or not mine_wrong:
            return math.inf if mine_wrong else 0.0
        # A twin is measured in a few cases.  Its answers to the others are unknown, but finite where right ones are.
        unmeasured, right = self._sketch(place).form, self._expected(place).form
        return math.inf if unmeasured.startswith(f"{right} ") else 0.0

    def _distance_of_draws(self, known: KnownAnswer, index: int) -> float:
        """Return 0 for the same draws, or for random answers with the same features; infinity for all others."""
        case, mine = self.exercise.cases[index], self.answers[index].values
        if not (known.right or known.sketches):
            return 0.0  # nothing is known
        if bool(self.wrong[index]) == bool(known.right):
            return math.inf
        if known.right or all(
            name in mine and self._apart((index, name), item) <= 1 for name, item in known.sketches.items()
        ):
            return 0.0
        features = case.measure.features(mine, case.inputs) if case.measure is not None else ()
        return FEATURES if _alike(features, known.features) and not _alike(features, case.features) else math.inf

    def _apart(self, place: Place, known: Sketch) -> float:
        """Return how far the student's value is from a sketch; infinity, unread, where its form is another one."""
        if place not in self._forms:
            self._forms[place] = form_of(self.answers[place[0]].values[place[1]])
        return distance(self._sketch(place), known) if known.fits(self._forms[place]) else math.inf

    def _sketch(self, place: Place) -> Sketch:
        if place not in self._mine:
            self._mine[place] = sketch(self.answers[place[0]].values[place[1]])
        return self._mine[place]

    def _holds_several_numbers(self, place: Place) -> bool:
        return not self._stopped(place) and self._sketch(place).low < self._sketch(place).high

    def _expected(self, place: Place) -> Sketch:
        known = self.exercise.sketched
        if place not in known:
            known[place] = sketch(self.exercise.cases[place[0]].expected[place[1]])
        return known[place]

    # --- information --------------------------------------------------------------------------------

    def _shown(self, mutant: SheetMutant, places: Sequence[Place]) -> int:
        """Count the cases that tell a bug from right code, by numbers that say something; 0 if all say the same."""
        telling = [place for place in places if not self._stopped(place) and self._tells(mutant, place)]
        values = {content for place in telling for content in self._contents(place)}
        alike = len(values) <= 1 and all(isinstance(value, float) for value in values)
        return 0 if alike else len({index for index, _ in telling})

    def _enough(self, mutant: SheetMutant, places: Sequence[Place]) -> bool:
        """Whether a bug shows in cases enough, and in no fewer than those in which the student's code stops."""
        stopped = {index for index, output in places if self._stopped((index, output))}
        stopped -= {index for index in stopped if mutant.answers[index].error is not None}  # as the bug does
        return self._shown(mutant, places) >= max(CASES, len(stopped))

    def _tells(self, mutant: SheetMutant, place: Place) -> bool:
        if not self._spoils(mutant, place):
            return False
        if not place[1]:
            return True
        known = mutant.answers[place[0]].sketches[place[1]]
        return "nothing finite" not in known.form and distance(known, self._expected(place)) > CLEAR

    def _contents(self, place: Place) -> Iterator[float | str]:
        """Yield what the student's value consists of: the number that all entries are, or words for more than that."""
        if not place[1]:
            yield "random"
            return
        mine = self._sketch(place)
        if mine.low == mine.high and "'" not in mine.form:
            yield mine.low
        else:
            yield mine.form

    def _shows_alone(self, mutant: SheetMutant, other: SheetMutant, places: Sequence[Place]) -> bool:
        """Whether a bug shows, by several numbers, where another leaves everything right."""
        return any(
            not self._stopped(place)
            and place[1] in other.answers[place[0]].right
            and self._tells(mutant, place)
            and self._holds_several_numbers(place)
            for place in places
        )

    def _is_a_size(self, mutant: SheetMutant, places: Sequence[Place]) -> bool:
        """Whether a bug does nothing but multiply, in each case by another number."""
        factors = [
            _factor(mutant.answers[index].sketches.get(output, right), right)
            for index, output in places
            if not self._stopped((index, output)) and (right := self._expected((index, output)))
        ]
        known = [factor for factor in factors if factor is not None]
        return len(known) == len(factors) > 0 and max(known) - min(known) > CLEAR * 1e-9 * max(map(abs, known))

    def _explained(
        self, places: Sequence[Place], way: "Callable[[Sketch, Sketch, Sketch], Sketch | None]", *two: SheetMutant
    ) -> bool:
        """Whether two bugs taken together give the student's answer in all places."""
        for place in places:
            index, output = place
            known = [mutant.answers[index] for mutant in two]
            if self._stopped(place):
                continue
            if any(answer.error is not None or output not in {*answer.right, *answer.sketches} for answer in known):
                return False
            expected = self._expected(place)
            one, other = (answer.sketches.get(output, expected) for answer in known)
            both = way(one, other, expected)
            if both is None or self._apart(place, both) > 1:
                return False
        return True


def _added(one: Sketch, other: Sketch, right: Sketch) -> Sketch | None:
    if not one.form == other.form == right.form:
        return None
    sums = tuple(a + b - c for a, b, c in zip(one.sums, other.sums, right.sums, strict=True))
    return Sketch(right.form, math.nan, math.nan, sums, one.narrow or other.narrow)


def _multiplied(one: Sketch, other: Sketch, right: Sketch) -> Sketch | None:
    """Return the other bug times the factor that the one is, whichever of the two is a factor."""
    if not one.form == other.form == right.form:
        return None
    for factor, rest in ((one, other), (other, one)):
        times = _factor(factor, right)
        if times is not None:
            sums = tuple(times * value for value in rest.sums)
            return Sketch(right.form, math.nan, math.nan, sums, one.narrow or other.narrow)
    return None


def _factor(one: Sketch, right: Sketch) -> float | None:
    """Return how many times the right value a bug's value is; None where it is no multiple."""
    ratios = [a / c for a, c in zip(one.sums, right.sums, strict=True) if c]
    alike = ratios and max(ratios) - min(ratios) <= 1e-9 * max(map(abs, ratios))
    return ratios[0] if alike else None


def _alike(mine: Sequence[tuple[float, float]], theirs: Sequence[tuple[float, float]]) -> bool:
    """Whether chance explains the difference of all features."""
    return (
        bool(mine)
        and len(mine) == len(theirs)
        and all(abs(a - b) <= reach + width for (a, reach), (b, width) in zip(mine, theirs, strict=True))
    )


def _merged(named: list[tuple[tuple[str, ...], Diagnosis]]) -> list[tuple[tuple[str, ...], Diagnosis]]:
    """Tell a bug that explains several parts once."""
    merged: dict[str, tuple[tuple[str, ...], Diagnosis]] = {}
    for parts, found in named:
        earlier, first = merged.get(found.name, ((), found))
        together = (*earlier, *parts)
        cases = max(found.cases, first.cases)
        merged[found.name] = (together, replace(first, output=", ".join(together), cases=cases))
    return list(merged.values())
