"""What the checks say to mutants: killed at home, by the cases of a class alone, by those of some classes, or never.

The mutants run in a process of their own, which is ended when one of them does not end or takes all memory.
"""

import dataclasses
import multiprocessing
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Literal

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.diagnosis import Diagnosis
from classroom.judge.verdict import judge
from classroom.staff.declare.answer import hidden_part, sheet_exercise
from classroom.staff.declare.declaration import Assignment, Exercise
from classroom.staff.declare.seed import seed_of
from classroom.staff.mutation.differential import difference
from classroom.staff.mutation.generate import AutomaticMutant, draw_mutants, texts_of
from classroom.staff.mutation.recorder import Recorder

Fate = Literal["home", "classes", "some classes", "hole", "same", "ends the check"]
CLASSES = ("one class", "another class", "a third class")  # secrets whose hidden cases are tried
SECONDS = 2.0  # of processor time that one call of a mutant may take
PATIENCE = 60.0  # seconds on the wall, for all of its calls
MEMORY = 4 << 30  # bytes


@dataclass(frozen=True)
class Judged:
    """A mutant and its fate.

    fate : "home" (killed by what a student sees), "classes" (by the hidden cases of every class tried), "some classes"
        (of some of them), "hole" (killed by none, and `where` shows a difference), "same" (no difference found), "ends
        the check" (the check itself stops)
    where : a call that shows the difference, or what stopped
    bugs : what a student is told at home, and what grading names besides, where names are asked for
    stops : whether nothing but a call that stops is wrong
    """

    exercise: str
    mutant: AutomaticMutant
    fate: Fate
    where: str = ""
    bugs: tuple[Diagnosis, ...] = ()
    stops: bool = False

    @property
    def survivor(self) -> bool:
        """Whether the checks at home let it pass, though it is wrong."""
        return self.fate not in ("home", "same")


@dataclass
class Score:
    """The fates of the mutants of one assignment."""

    assignment: str
    judged: list[Judged] = field(default_factory=list)

    def count(self, *fates: Fate) -> int:
        """Return how many mutants met one of these fates."""
        return sum(one.fate in fates for one in self.judged)

    @property
    def survivors(self) -> list[Judged]:
        """The mutants that differ from right code and pass at home."""
        return [one for one in self.judged if one.survivor]

    @property
    def score(self) -> float:
        """The share of the mutants that differ which the check at home kills."""
        killed = self.count("home")
        return killed / (killed + len(self.survivors)) if killed else 0.0

    def __str__(self) -> str:
        return (
            f"{self.assignment}: {len(self.judged)} mutants, {self.count('home')} killed at home, "
            f"{self.count('classes', 'some classes')} by hidden cases alone ({self.count('some classes')} of them in "
            f"some classes), {self.count('hole', 'ends the check')} holes, {self.count('same')} without a difference; "
            f"score {self.score:.1%}"
        )


def score(assignment: Assignment, count: int, seed: int = 0, only: Sequence[str] = (), names: bool = False) -> Score:
    """Judge mutants of an assignment's exercises, drawn in proportion to how much there is to change.

    Parameters
    ----------
    assignment : its right answers, alternatives included, are what is changed
    count : of mutants, in all
    seed : of the draw
    only : ids of exercises; none means all
    names : ask also which bugs are named, of every mutant that is killed at home
    """
    siblings = [one for one in assignment.exercises if isinstance(one, Exercise)]
    exercises = [one for one in siblings if not only or one.id in only]
    texts = [texts_of(exercise) for exercise in exercises]
    sizes = [sum(map(len, each)) for each in texts]
    found = Score(assignment.name)
    for exercise, each, size in zip(exercises, texts, sizes, strict=True):
        rng = np.random.default_rng([seed, seed_of(b"mutants", assignment.name, exercise.id)])
        share = max(1, round(count * size / max(1, sum(sizes))))
        mutants = draw_mutants(each, share, rng)
        found.judged += _in_a_process_of_their_own(exercise, assignment.name, mutants, names, siblings)
    return found


def _in_a_process_of_their_own(
    exercise: Exercise,
    assignment: str,
    mutants: Sequence[AutomaticMutant],
    names: bool = False,
    siblings: Sequence[Exercise] = (),
) -> list[Judged]:
    """Judge each; where the process ends, or is ended, the mutant at work counts as killed, and a new one goes on."""
    judged: list[Judged] = []
    while len(judged) < len(mutants):
        here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
        left = mutants[len(judged) :]
        arguments = (there, left, exercise, assignment, names, siblings)
        worker = multiprocessing.get_context("fork").Process(target=_work, args=arguments)
        worker.start()
        there.close()
        judged += _received(here, exercise.id, left)
        worker.kill()
        worker.join()
        here.close()
    return judged


def _received(pipe: Connection, exercise: str, mutants: Sequence[AutomaticMutant]) -> Iterator[Judged]:
    try:
        ready = pipe.poll(10 * PATIENCE) and pipe.recv()  # the sheets are made
    except EOFError:
        ready = False
    if not ready:
        raise RuntimeError(f"{exercise}: its sheets could not be made, so none of its mutants is judged")
    for mutant in mutants:
        try:
            if not pipe.poll(PATIENCE):
                raise EOFError
            judged: Judged = pipe.recv()
        except EOFError:
            yield Judged(exercise, mutant, "home", "it does not end, or ends Python", stops=True)
            return
        yield judged


def _work(
    pipe: Connection,
    mutants: Sequence[AutomaticMutant],
    exercise: Exercise,
    assignment: str,
    names: bool,
    siblings: Sequence[Exercise],
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    bench = Bench(exercise, assignment, names, siblings)
    pipe.send(True)
    for mutant in mutants:
        pipe.send(bench.judge(mutant))
    pipe.close()


def _rng_of(secret: str, assignment: str, exercise: Exercise) -> np.random.Generator:
    return np.random.default_rng(seed_of(secret, assignment, exercise.id))


class Bench:
    """The sheets of one exercise, for several classes, and its right versions.

    Parameters
    ----------
    exercise, assignment : the declaration, and the name of the assignment that it belongs to
    names : ask what each mutant is told too
    siblings : the exercises of the assignment, whose wrong forward passes have twins among the known bugs
    """

    def __init__(
        self, exercise: Exercise, assignment: str, names: bool = False, siblings: Sequence[Exercise] = ()
    ) -> None:
        lean = dataclasses.replace(exercise, mutants=(), terms=None)
        self.exercise = exercise
        self.home = sheet_exercise(lean, assignment)
        self.home.small = []
        # What passes at home is asked what only a class is asked, and nothing again.
        self.classes = [hidden_part(lean, self.home, _rng_of(secret, assignment, exercise)) for secret in CLASSES]
        rng = _rng_of(CLASSES[0], assignment, exercise)
        self.knowing = sheet_exercise(exercise, assignment, rng, siblings=siblings) if names else None
        # What falls falls early: a few cases first, and all only for what they let pass.
        self.glance = dataclasses.replace(self.home, cases=self.home.cases[:3], properties=[])
        self.versions = {"reference": dict(exercise.functions)}
        self.versions |= {one.name: exercise.replaced(one.functions) for one in exercise.alternatives}

    def judge(self, mutant: AutomaticMutant) -> Judged:
        """Return the fate of a mutant, where it shows, and what it is told."""
        try:
            changed = mutant.function()
        except Exception:  # a text that cannot even be run is killed by the cell it stands in
            return self._judged(mutant, "home", stops=True)
        right = self.versions[mutant.version]
        caller = LocalCaller({**right, mutant.name: changed}, SECONDS)
        try:
            if self.knowing is not None and (told := self._told(mutant, caller, self.knowing)):
                return told
            passes = self._passes(self.glance, caller) and self._passes(self.home, caller)
            falls = [not self._passes(sheet, caller) for sheet in self.classes] if passes else []
        except Exception as error:  # of the check: whatever it is, no answer may end it
            return self._judged(mutant, "ends the check", f"{type(error).__name__}: {error}"[:120])
        if not passes:
            return self._judged(mutant, "home")
        return self._judged(mutant, *self._survived(LocalCaller(right, SECONDS), caller, falls))

    def _judged(self, mutant: AutomaticMutant, fate: Fate, where: str = "", stops: bool = False) -> Judged:
        return Judged(self.exercise.id, mutant, fate, where, stops=stops)

    def _told(self, mutant: AutomaticMutant, caller: LocalCaller, knowing: SheetExercise) -> Judged | None:
        """Return what a mutant that falls at home is told there, and what grading names besides; None of others."""
        recorder = Recorder(caller)
        at_home = judge(knowing.visible(), recorder)
        if at_home.outcome == "right":
            return None
        stops = all(finding.error is not None for finding in at_home.findings)
        graded = () if stops else judge(knowing, recorder).bugs
        told = {bug.sentence: bug for bug in (*graded, *at_home.bugs)}
        return Judged(self.exercise.id, mutant, "home", bugs=tuple(told.values()), stops=stops)

    @staticmethod
    def _passes(sheet: SheetExercise, caller: LocalCaller) -> bool:
        return judge(sheet, caller, told=False).outcome == "right"

    def _survived(self, right: LocalCaller, changed: LocalCaller, falls: Sequence[bool]) -> tuple[Fate, str]:
        if any(falls):
            first = judge(self.classes[falls.index(True)], changed).findings[0].text
            return ("classes" if all(falls) else "some classes"), first
        cases = [case for sheet in self.classes[:2] for case in (*self.home.cases, *sheet.cases)]
        where = difference(cases, right, changed, self.exercise.tolerance, np.random.default_rng(0))
        return ("hole", where) if where else ("same", "")
