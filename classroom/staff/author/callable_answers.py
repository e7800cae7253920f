"""Whether something callable in a bundle answers an exercise: the cases are asked of everything there is."""

import dataclasses
import functools
import inspect
import io
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.call import script
from classroom.call.caller import LocalCaller, Run
from classroom.fault import Fault
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.compare import compare
from classroom.judge.verdict import judge
from classroom.staff.author.bundle_callables import SECONDS, Home, own, toolkit
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.declaration import Case, Exercise
from classroom.staff.declare.loader import load_assignment

# Nothing that computes an answer needs them, and importing them takes seconds: here they cannot be had.
_SLOW = ("matplotlib", "nbclient", "jupyter_client", "ipykernel", "torch", "torchvision")
TIRESOME = 0.5  # seconds of processor time; what takes longer and then stops is not asked again


@dataclass(frozen=True)
class Answering:
    """A callable of a bundle, and an exercise that it answers, alone or with others of its home."""

    name: str
    assignment: str
    exercise: str

    def is_named(self, name: str) -> bool:
        """Whether a name is that of the callable, or of the module in which it stands."""
        return self.name == name or (self.name.startswith(name) and self.name[len(name)] in ".[(")


def answering(
    files: Mapping[str, bytes], folders: Sequence[Path], kept: Mapping[Path, Path] | None = None
) -> list[Answering]:
    """Run everything callable in a bundle on the cases of assignments, in a process of its own.

    Parameters
    ----------
    files : the bundle's, content by name
    folders : of the assignments, that of the bundle first, whose declaration may use what lies beside the notebook
    kept : by folder of an assignment, the file that keeps what the toolkit answers of it

    Raises
    ------
    Fault
        If something in the bundle ends the process.
    """
    with (
        tempfile.TemporaryDirectory(prefix="callables-") as folder,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        try:
            return pool.submit(_look, dict(files), list(folders), dict(kept or {}), Path(folder)).result()
        except BrokenProcessPool:
            raise Fault("looking for answers among what the bundle defines ended Python: what does it run?") from None


def _look(
    files: Mapping[str, bytes], folders: Sequence[Path], kept: Mapping[Path, Path], folder: Path
) -> list[Answering]:
    os.chdir(folder)
    sys.stdout = io.StringIO()
    sys.modules.update(dict.fromkeys(_SLOW))  # type: ignore[arg-type]  # None there refuses an import
    mine = own(files, folder)
    shipped: list[Home] | None = None
    found: list[Answering] = []
    for number, place in enumerate(folders):
        keep, scan = kept.get(place), _Scan(place)
        if keep is not None and keep.is_file():
            found += [Answering(**one) for one in json.loads(keep.read_text(encoding="utf-8"))]
        else:
            shipped = toolkit(files) if shipped is None else shipped
            of_toolkit = scan.answers(shipped)
            found += of_toolkit
            if keep is not None:
                _keep(keep, of_toolkit)
        found += scan.answers(mine)
        if number == 0:  # another assignment may have modules of the same names
            sys.path.remove(str(folder))
            for name in [name for name in sys.modules if (folder / f"{name}.py").is_file()]:
                del sys.modules[name]
    return found


def _keep(place: Path, found: Sequence[Answering]) -> None:
    for old in place.parent.glob("toolkit-*.json"):
        old.unlink(missing_ok=True)
    write_whole(place, json.dumps([dataclasses.asdict(one) for one in found]).encode())


def answers_to(exercise: Exercise, found: Sequence[Home]) -> list[str]:
    """Name the callables that earn points of an exercise in the place of its functions.

    Parameters
    ----------
    exercise : asked with its visible cases
    found : where callables are; the functions of one answer come from one home
    """
    return _Search(exercise).run(found)


class _Search:
    """Looks for the callables that pass one case, and judges those with all cases."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = dataclasses.replace(exercise, mutants=(), terms=None)
        self._right: dict[int, Run] = {}

    def run(self, found: Sequence[Home]) -> list[str]:
        names: dict[str, None] = {}
        for case in self._telling_cases():
            for home in found:
                for chosen in self._pass(case, home):
                    answers = [one for name, one in chosen.items() if name in self.exercise.subject]
                    if not set(answers) <= names.keys() and self._earns(home, chosen):
                        names |= dict.fromkeys(answers)
        return list(names)

    def _telling_cases(self) -> list[Case]:
        """Return the first case, and the first that calls the most functions."""
        cases = self.exercise.cases
        most = max(cases, key=lambda case: len(self._called(case)))
        return [cases[0], most] if len(self._called(cases[0])) < len(self._called(most)) else [cases[0]]

    def _called(self, case: Case) -> list[str]:
        called = [call.function for call in script.parse(case.calls) if not call.item]
        return [name for name in dict.fromkeys(called) if name in self.exercise.functions]

    def _pass(self, case: Case, home: Home) -> Iterator[dict[str, str]]:
        """Yield callables of a home, by the names that a case calls, with which an output of it is right."""
        calls = {call.function: call for call in reversed(script.parse(case.calls))}
        names = self._called(case)
        able = {one: given for one, given in home.callables.items() if one not in home.tiresome}
        fitting = {name: [one for one, given in able.items() if _fits(given, calls[name])] for name in names}
        waiting: list[dict[str, str]] = [{}]
        while waiting:
            chosen = waiting.pop()
            run = self._run(case, home, chosen) if chosen else None
            stopped = _stopped(run)
            if len(chosen) == len(names):
                if run is not None and run.error is None and self._is_right(case, run):
                    yield chosen
            elif run is None or stopped not in chosen:
                waiting += [{**chosen, names[len(chosen)]: one} for one in fitting[names[len(chosen)]]]

    def _run(self, case: Case, home: Home, chosen: Mapping[str, str]) -> Run:
        caller = LocalCaller(self._functions(home, chosen), SECONDS)
        run = caller.run(script.parse(case.calls), case.inputs, case.outputs)
        if run.cpu_seconds > TIRESOME and (stopped := _stopped(run)) in chosen:
            home.tiresome.add(chosen[stopped])
        return run

    def _functions(self, home: Home, chosen: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
        return dict.fromkeys(self.exercise.functions, _unwritten) | {
            name: home.callables[one] for name, one in chosen.items()
        }

    def _is_right(self, case: Case, run: Run) -> bool:
        if case.measure is not None:
            return True  # the judge will tell
        if id(case) not in self._right:
            caller = LocalCaller(self.exercise.functions)
            self._right[id(case)] = caller.run(script.parse(case.calls), case.inputs, case.outputs)
        right = self._right[id(case)].values
        return any(compare(value, right[name], self.exercise.tolerance).right for name, value in run.values.items())

    @functools.cached_property
    def _sheet(self) -> SheetExercise:
        return sheet_exercise(self.exercise, "the scan")

    def _earns(self, home: Home, chosen: Mapping[str, str]) -> bool:
        caller = LocalCaller(self._functions(home, chosen), SECONDS)
        return judge(self._sheet, caller, told=False).points > 0


class _Scan:
    """Looks for what answers the exercises of one assignment, which is loaded when there is something to ask."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @functools.cached_property
    def _searches(self) -> list[tuple[str, str, _Search]]:
        assignment = load_assignment(self._place)
        exercises = [one for one in assignment.exercises if isinstance(one, Exercise)]
        return [(assignment.name, one.id, _Search(one)) for one in exercises]

    def answers(self, found: Sequence[Home]) -> list[Answering]:
        if not found:
            return []
        return [
            Answering(name, assignment, exercise)
            for assignment, exercise, search in self._searches
            for name in search.run(found)
        ]


def _stopped(run: Run | None) -> str:
    """Return which function a run stopped in; "" if it did not."""
    return script.parse_call(run.error.call).function if run and run.error and run.error.call else ""


def _unwritten(*_: object, **__: object) -> None:
    raise NotImplementedError


def _fits(function: Callable[..., Any], call: script.Call) -> bool:
    """Whether a function takes the arguments of a call; True of one that does not say what it takes."""
    try:
        _signature(function).bind(*call.arguments, **dict(call.keywords))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


_signature = functools.cache(inspect.signature)
