"""The answer sheet: what a student's copy knows of an assignment, in one .npz file without pickles."""

import dataclasses
import difflib
import functools
import hashlib
import io
import itertools
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from classroom.atomic_write import write_whole
from classroom.call import script
from classroom.call.caller import Caller, CaseKey, Run
from classroom.call.clock import IN_BROWSER
from classroom.call.script import Call
from classroom.call.value import Fetch, Keep, Value, arrays_in, lay_out, layout, pack, unpack
from classroom.fault import Fault
from classroom.judge.budget import BUDGETS, Budget
from classroom.judge.compare import SINGLE, scale_of
from classroom.judge.measure import MEASURES, Feature, Measure
from classroom.judge.problem import Problem
from classroom.judge.relation import RELATIONS, Ask, Relation
from classroom.judge.sketch import Sketch

FORMAT = 6
_Kind = TypeVar("_Kind", Relation, Measure, Budget)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of all members, so that the same sheet has the same bytes


@dataclass
class Answer:
    """The result of one implementation in one case: outputs, kind and name of its error, inputs changed in place."""

    values: dict[str, Value]
    error: tuple[str, str] | None = None
    changed: tuple[str, ...] = ()

    @classmethod
    def of(cls, run: Run) -> "Answer":
        """Reduce a run to its answer."""
        error = (run.error.kind, run.error.name) if run.error is not None else None
        return cls(run.values, error, run.changed)


@dataclass
class KnownAnswer:
    """The answer of a known wrong implementation in one case, as far as it takes to recognise it.

    right : outputs whose values are right; of the others there is a sketch
    features : of random answers, see `Measure.features`
    """

    right: tuple[str, ...] = ()
    sketches: dict[str, Sketch] = dataclasses.field(default_factory=dict)
    error: tuple[str, str] | None = None
    changed: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()


@dataclass
class SheetCase:
    """A case with its expected outputs; `classroom.staff.declare.exercise.Case` says what the fields mean."""

    name: str
    inputs: dict[str, Value]
    calls: tuple[str, ...]
    outputs: tuple[str, ...]
    expected: dict[str, Value]
    parts: dict[str, str]
    kind: str = ""
    hidden: bool = False
    measure: Measure | None = None
    tolerance: float | None = None
    budget: Budget | None = None
    features: tuple[Feature, ...] = ()  # of the reference's random answer

    @functools.cached_property
    def script(self) -> tuple[script.Call, ...]:
        """The parsed calls."""
        return script.parse(self.calls)

    @functools.cached_property
    def single(self) -> bool:
        """Whether an input is in float32, so that answers have its precision only."""
        return any(array.dtype == np.float32 for value in self.inputs.values() for array in arrays_in(value))

    @functools.cached_property
    def scales(self) -> dict[str, float | None]:
        """For each expected output that is an array of floats, its largest entry."""
        return {name: scale_of(value) for name, value in self.expected.items()}


@dataclass
class SheetProperty:
    """A relation to be tried on a script of calls, and the parts of the points that depend on it."""

    relation: Relation
    title: str
    calls: tuple[str, ...]
    inputs: dict[str, Value]
    parts: tuple[str, ...]
    kind: str = ""
    hidden: bool = False

    @functools.cached_property
    def script(self) -> tuple[script.Call, ...]:
        """The parsed calls."""
        return script.parse(self.calls)

    @functools.cached_property
    def asks(self) -> list[Ask]:
        """All that the relation asks."""
        return self.relation.asks(self.script, self.inputs)

    def judge(self, caller: Caller, key: CaseKey) -> Problem | None:
        """Try the relation on whatever code the caller runs, which knows by the key what it is asked."""
        return self.relation.judge_answers(
            self.asks, lambda number: caller.run(*self.asks[number], key._replace(ask=number))
        )


_Asked = TypeVar("_Asked", SheetCase, SheetProperty)


@dataclass
class SheetMutant:
    """A known wrong implementation: its sentence, and its answer in each case.

    tag : "visible", "memoriser", or "twin" of a backward pass that is the gradient of a wrong forward pass
    """

    name: str
    sentence: str
    tag: str
    answers: list[KnownAnswer]


@dataclass
class SheetTerms:
    """The summands of one output, case by case (empty where unknown)."""

    output: str
    sentences: dict[str, str]
    by_case: list[dict[str, np.ndarray]]


@dataclass
class SheetQuiz:
    """A question whose right choice is known by its hash only."""

    question: str
    choices: dict[str, str]
    salt: str
    hash_of_right: str
    because: dict[str, str]

    @staticmethod
    def hash_of(salt: str, choice: str) -> str:
        """Return the salted hash of a choice."""
        return hashlib.blake2b(f"{salt}\0{choice}".encode(), digest_size=16).hexdigest()


@dataclass
class SheetExercise:
    """All that a check needs to judge one exercise."""

    id: str
    points: float
    subject: tuple[str, ...]
    functions: tuple[str, ...]
    cases: list[SheetCase]
    properties: list[SheetProperty]
    parts: dict[str, float]
    mutants: list[SheetMutant]
    terms: SheetTerms | None
    hints: tuple[str, ...]
    tolerance: float
    quiz: SheetQuiz | None = None
    withheld: tuple[str, ...] = ()  # modules beside the notebook that are not there where this is judged
    small: list[SheetCase] = dataclasses.field(default_factory=list)  # copies of the cases, the smallest first
    explanation: str = ""  # what a right answer has built, and where it is used next

    def limit(self, case: "SheetCase") -> float:
        """Return the relative error that answers may have in a case."""
        limit = self.tolerance if case.tolerance is None else case.tolerance
        return max(limit, SINGLE) if case.single else limit

    def calls_before(self, case: "SheetCase") -> list[Call]:
        """Return the calls of a case that come before this exercise's own; none where all or none do."""
        before = list(itertools.takewhile(lambda call: call.function not in self.subject, case.script))
        return before if len(before) < len(case.script) else []

    def keyed_cases(self) -> Iterator[tuple[CaseKey, SheetCase]]:
        """Yield each case with its key, which is the same in the visible part of the exercise."""
        return self._keyed(self.cases)

    def keyed_properties(self) -> Iterator[tuple[CaseKey, SheetProperty]]:
        """Yield each property with its key, to which the numbers of what it asks are added."""
        return self._keyed(self.properties)

    def _keyed(self, items: Sequence[_Asked]) -> Iterator[tuple[CaseKey, _Asked]]:
        counts = {False: 0, True: 0}
        for item in items:
            yield CaseKey(self.id, counts[item.hidden], item.hidden), item
            counts[item.hidden] += 1

    @functools.cached_property
    def sketched(self) -> dict[tuple[int, str], Sketch]:
        """Sketches of expected outputs, by case and name; `classroom.judge.diagnosis` keeps here what it has made."""
        return {}

    @functools.cached_property
    def asks_dtype(self) -> bool:
        """Whether the dtype of an answer is worth a part of the points: float32 goes in, or is expected to come out."""
        expected = [case.expected.get(name) for case in self.cases for name in case.outputs]
        narrow = any(array.dtype == np.float32 for value in expected for array in arrays_in(value))
        return narrow or any(
            case.single for case in self.cases if case.measure is not None and case.measure.keeps_dtype
        )

    def visible(self) -> "SheetExercise":
        """Return the part that a student's copy holds."""
        kept = [index for index, case in enumerate(self.cases) if not case.hidden]
        mutants = [dataclasses.replace(m, answers=[m.answers[index] for index in kept]) for m in self.mutants]
        terms = self.terms and dataclasses.replace(self.terms, by_case=[self.terms.by_case[index] for index in kept])
        return dataclasses.replace(
            self,
            cases=[self.cases[index] for index in kept],
            properties=[item for item in self.properties if not item.hidden],
            mutants=mutants,
            terms=terms,
        )


@dataclass
class AnswerSheet:
    """The exercises of one assignment.

    notebook : as it was released, JSON text, from which a student's copy can be repaired; "" before it is released
    """

    name: str
    title: str
    exercises: dict[str, SheetExercise]
    course_text: dict[str, str] = dataclasses.field(default_factory=dict)  # see `classroom.judge.course_text`
    notebook: str = ""

    def exercise(self, exercise_id: str) -> SheetExercise:
        """Return the exercise of this id.

        Raises
        ------
        Fault
            If there is none.
        """
        if exercise_id not in self.exercises:
            close = difflib.get_close_matches(str(exercise_id), self.exercises, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(self.exercises)}"
            raise Fault(f"{self.name} has no exercise {exercise_id!r}: {advice}")
        return self.exercises[exercise_id]

    def visible(self) -> "AnswerSheet":
        """Return the part that a student's copy holds."""
        return dataclasses.replace(self, exercises={name: one.visible() for name, one in self.exercises.items()})

    def passed_by(self, names: Sequence[str]) -> list[SheetExercise]:
        """Return the exercises that judge these functions."""
        return [one for one in self.exercises.values() if one.quiz is None and set(one.subject) & set(names)]

    def save(self, path: str | Path) -> None:
        """Write the sheet; the same sheet gives the same bytes.

        Raises
        ------
        Fault
            If it holds hidden cases: their expected outputs are for staff's memory only.
        """
        if any(case.hidden for exercise in self.exercises.values() for case in exercise.cases):
            raise Fault(f"the sheet of {self.name} holds hidden cases: save the one that answer_sheet makes")
        write_whole(Path(path), self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the sheet as the bytes of an .npz file."""
        store = _Store()
        index: dict[str, Any] = {"format": FORMAT, "name": self.name, "title": self.title, "notebook": self.notebook}
        index["course_text"] = self.course_text
        index["exercises"] = [_pack_exercise(exercise, store.keep) for exercise in self.exercises.values()]
        text = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in [("index", np.frombuffer(text, np.uint8)), *store.columns()]:
                member = io.BytesIO()
                np.lib.format.write_array(member, array, allow_pickle=False)
                entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, member.getvalue())
        return buffer.getvalue()

    @classmethod
    def load(cls, path: str | Path) -> "AnswerSheet":
        """Read a sheet.

        Raises
        ------
        Fault
            If the file is missing, damaged, of another format, or holds pickled objects.
        """
        path = Path(path)
        if not path.is_file():
            where = (
                "reload this page when the network is there"
                if IN_BROWSER
                else "it belongs in the folder of the notebook"
            )
            raise Fault(f"there is no answer sheet {path}: {where}")
        return cls.from_bytes(path.read_bytes(), str(path))

    @classmethod
    def from_bytes(cls, data: bytes, path: str = "the answer sheet") -> "AnswerSheet":
        """Read what `to_bytes` wrote; `path` is what a message calls it."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                columns = {name: file[name] for name in file.files}
        except ValueError as error:
            if "allow_pickle" in str(error) or "Object arrays" in str(error):
                raise Fault(
                    f"{path} holds pickled objects, which an answer sheet never does: fetch the assignment again"
                ) from None
            raise Fault(f"{path} is no answer sheet: fetch the assignment again") from None
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise Fault(f"{path} is damaged ({type(error).__name__}): fetch the assignment again") from None
        try:
            index = json.loads(columns.pop("index").tobytes())
            if index["format"] != FORMAT:
                raise Fault(f"{path} has format {index['format']}, this course reads {FORMAT}: update one of them")
            fetch = functools.partial(_fetch, columns)
            exercises = [_unpack_exercise(entry, fetch) for entry in index["exercises"]]
            known = {str(form): str(name) for form, name in index["course_text"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Fault(f"{path} is no answer sheet: fetch the assignment again") from None
        by_id = {exercise.id: exercise for exercise in exercises}
        return cls(index["name"], index["title"], by_id, known, index.get("notebook", ""))


class _Store:
    """Arrays end to end, one column for each dtype; equal arrays are stored once."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[np.ndarray]] = {}
        self._sizes: dict[str, int] = {}
        self._known: dict[tuple[str, tuple[int, ...], bytes], int] = {}

    def keep(self, array: np.ndarray) -> list[Any]:
        flat = np.ascontiguousarray(array).reshape(-1)
        column, size = array.dtype.name, array.size
        key = (column, array.shape, flat.tobytes())
        if key not in self._known:
            self._known[key] = self._sizes.get(column, 0)
            self._pieces.setdefault(column, []).append(flat)
            self._sizes[column] = self._known[key] + size
        return [column, self._known[key], list(array.shape), layout(array)]

    def columns(self) -> list[tuple[str, np.ndarray]]:
        return [(name, np.concatenate(pieces)) for name, pieces in sorted(self._pieces.items())]


def _fetch(columns: dict[str, np.ndarray], entry: list[Any]) -> np.ndarray:
    column, offset, shape, how = entry
    return lay_out(columns[column][offset : offset + math.prod(shape)].reshape(shape), how)


def _pack_exercise(exercise: SheetExercise, keep: Keep) -> dict[str, Any]:
    entry = {
        "id": exercise.id,
        "points": exercise.points,
        "subject": list(exercise.subject),
        "functions": list(exercise.functions),
        "parts": exercise.parts,
        "hints": list(exercise.hints),
        "tolerance": exercise.tolerance,
        "quiz": exercise.quiz and dataclasses.asdict(exercise.quiz),
        "withheld": list(exercise.withheld),
        "cases": [_pack_case(case, keep) for case in exercise.cases],
        "small": [_pack_case(case, keep) for case in exercise.small],
        "properties": [_pack_property(item, keep) for item in exercise.properties],
        "mutants": _pack_mutants(exercise.mutants, keep),
        "explanation": exercise.explanation,
        "terms": exercise.terms and pack(_fields(exercise.terms), keep),
    }
    return entry


def _unpack_exercise(entry: dict[str, Any], fetch: Fetch) -> SheetExercise:
    entry = dict(entry)
    entry["quiz"] = entry["quiz"] and SheetQuiz(**entry["quiz"])
    for name in ("cases", "small"):
        entry[name] = [_unpack_case(case, fetch) for case in entry[name]]
    entry["properties"] = [_unpack_property(item, fetch) for item in entry["properties"]]
    entry["mutants"] = _unpack_mutants(entry["mutants"], fetch)
    entry["terms"] = entry["terms"] and SheetTerms(**_unpack_fields(entry["terms"], fetch))
    for name in ("subject", "functions", "hints", "withheld"):
        entry[name] = tuple(entry[name])
    return SheetExercise(**entry)


def _pack_mutants(mutants: Sequence[SheetMutant], keep: Keep) -> dict[str, Any]:
    """Write all sketches into one array, and each form once."""
    forms: dict[str, int] = {}
    numbers: list[list[float]] = []
    entries = []
    for mutant in mutants:
        answers = []
        for answer in mutant.answers:
            kept = {}
            for name, item in answer.sketches.items():
                kept[name] = [forms.setdefault(item.form, len(forms)), int(item.narrow)]
                numbers.append([item.low, item.high, *item.sums])
            answers.append([list(answer.right), kept, answer.error, list(answer.changed), list(answer.features)])
        entries.append({"name": mutant.name, "sentence": mutant.sentence, "tag": mutant.tag, "answers": answers})
    return {"forms": list(forms), "numbers": keep(np.array(numbers, np.float64)), "mutants": entries}


def _unpack_mutants(entry: dict[str, Any], fetch: Fetch) -> list[SheetMutant]:
    """Read what `_pack_mutants` wrote."""
    forms, rows = entry["forms"], iter(fetch(entry["numbers"]).tolist())
    mutants = []
    for packed in entry["mutants"]:
        answers = []
        for right, kept, error, changed, features in packed["answers"]:
            sketches = {}
            for name, (form, narrow) in kept.items():
                low, high, *sums = next(rows)
                sketches[name] = Sketch(forms[form], low, high, tuple(sums), bool(narrow))
            measured = tuple((float(value), float(reach)) for value, reach in features)
            answers.append(KnownAnswer(tuple(right), sketches, error and tuple(error), tuple(changed), measured))
        mutants.append(SheetMutant(packed["name"], packed["sentence"], packed["tag"], answers))
    return mutants


def _pack_case(case: SheetCase, keep: Keep) -> dict[str, Any]:
    return {
        "fields": pack(_fields(case, "measure", "budget"), keep),
        "measure": case.measure and _pack_tagged(case.measure, keep),
        "budget": case.budget and _pack_tagged(case.budget, keep),
    }


def _unpack_case(entry: dict[str, Any], fetch: Fetch) -> SheetCase:
    measure = entry["measure"] and _unpack_tagged(entry["measure"], MEASURES, fetch)
    budget = entry["budget"] and _unpack_tagged(entry["budget"], BUDGETS, fetch)
    return SheetCase(measure=measure, budget=budget, **_unpack_fields(entry["fields"], fetch))


def _pack_property(item: SheetProperty, keep: Keep) -> dict[str, Any]:
    return {"fields": pack(_fields(item, "relation"), keep), "relation": _pack_tagged(item.relation, keep)}


def _unpack_property(entry: dict[str, Any], fetch: Fetch) -> SheetProperty:
    relation = _unpack_tagged(entry["relation"], RELATIONS, fetch)
    return SheetProperty(relation=relation, **_unpack_fields(entry["fields"], fetch))


def _pack_tagged(item: Relation | Measure | Budget, keep: Keep) -> dict[str, Any]:
    """Write a relation, a measure or a budget as the name of its kind and its fields."""
    return {"kind": type(item).__name__, "fields": pack(_fields(item), keep)}


def _unpack_tagged(entry: dict[str, Any], kinds: Mapping[str, type[_Kind]], fetch: Fetch) -> _Kind:
    """Read what `_pack_tagged` wrote: only kinds in the table are made, by their constructors."""
    return kinds[entry["kind"]](**_unpack_fields(entry["fields"], fetch))


def _fields(item: Any, *without: str) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in dataclasses.fields(item) if field.name not in without}


def _unpack_fields(entry: Any, fetch: Fetch) -> dict[str, Any]:
    fields = unpack(entry, fetch)
    if not isinstance(fields, dict):
        raise TypeError("fields are not written as a dict")
    return fields
