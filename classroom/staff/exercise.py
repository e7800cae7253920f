"""How staff declares an exercise, and how the answer sheet is computed from the declaration."""

import ast
import hashlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from classroom import script
from classroom.call import LocalCaller, Run
from classroom.diagnose import thin
from classroom.fault import Fault
from classroom.measure import MEASURES
from classroom.property import PROPERTIES
from classroom.sheet import (
    Answer,
    AnswerSheet,
    SheetCase,
    SheetExercise,
    SheetMutant,
    SheetProperty,
    SheetQuiz,
    SheetTerms,
)
from classroom.staff.shrink import ladder
from classroom.staff.source import define, self_contained
from classroom.value import Function, Generator, Value, arrays_in, duplicate, plain

__all__ = [
    "Alternative",
    "Assignment",
    "Case",
    "Exercise",
    "Function",
    "Generator",
    "Mutant",
    "Property",
    "Quiz",
    "Terms",
    "answer_sheet",
    "edit",
    "full_sheet",
    "load_assignment",
    "make_sheet",
]


@dataclass(frozen=True)
class Case:
    """Inputs, a script of calls and the outputs that are compared with the reference's.

    name : what the student reads, in a few words
    inputs : plain data by name; `Generator(seed)` and `Function(name, ...)` become the real thing at the callee
    calls : lines `targets = function(arguments)`, see `classroom.script`
    outputs : names to compare, targets of the calls
    kind : of a hidden case, what the student is told when it fails ("float32", "odd shapes")
    part : the part of the points that this case counts for: one name, or one for each output; by default the output's
        own name
    measure : for random answers, the name of a function in `classroom.measure.MEASURES` that bounds features of the
        outputs; nothing is then compared with the reference's draw
    options : passed to the measure
    tolerance : instead of the exercise's
    square : allow a square image or kernel, where the case is about something else
    """

    name: str
    inputs: Mapping[str, Value]
    calls: Sequence[str]
    outputs: Sequence[str]
    kind: str = ""
    part: str | Mapping[str, str] | None = None
    measure: str | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    tolerance: float | None = None
    square: bool = False


@dataclass(frozen=True)
class Mutant:
    """A wrong implementation that students write, and the sentence that tells them what is wrong with it.

    functions : one function, or several by name; one that is named like none of the exercise's replaces its subject
    tag : "visible" when a visible case catches it, "hidden" when only hidden ones do
    """

    name: str
    functions: Callable[..., Any] | Mapping[str, Callable[..., Any]]
    sentence: str
    tag: Literal["visible", "hidden"] = "visible"


@dataclass(frozen=True)
class Alternative:
    """A correct implementation that differs from the reference and must earn full points."""

    name: str
    functions: Callable[..., Any] | Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, init=False)
class Property:
    """An identity that needs no reference: the name of a function in `classroom.property.PROPERTIES` and its options.

    hidden properties take `kind`, and an `inputs` that is a function of an rng.
    """

    name: str
    options: dict[str, Any]
    part: str | None
    kind: str
    title: str

    def __init__(self, name: str, *, part: str | None = None, kind: str = "", title: str = "", **options: Any) -> None:
        for key, value in {"name": name, "part": part, "kind": kind, "title": title, "options": options}.items():
            object.__setattr__(self, key, value)


@dataclass(frozen=True)
class Terms:
    """The summands of a formula, so that a wrong output can be explained by least squares.

    output : the output that is their sum
    function : called with the inputs of a case (by name), returns each summand by name; None skips the case
    sentences : for each summand, what to say when it is missing
    """

    output: str
    function: Callable[..., Mapping[str, np.ndarray] | None]
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Exercise:
    """One check: what the student writes, how it is judged, which wrong answers are known.

    functions : the reference by name: all functions that the calls name
    subject : those that the check cell passes, in this order; the others are found beside them in the notebook
    hidden : called with an rng, returns the hidden cases
    parts : weight of each part of the points; by default all weigh the same
    """

    id: str
    points: float
    functions: Mapping[str, Callable[..., Any]]
    subject: Sequence[str]
    cases: Sequence[Case]
    hidden: Callable[[np.random.Generator], Sequence[Case]] | None = None
    properties: Sequence[Property] = ()
    hidden_properties: Sequence[Property] = ()
    parts: Mapping[str, float] | None = None
    mutants: Sequence[Mutant] = ()
    alternatives: Sequence[Alternative] = ()
    hints: Sequence[str] = ()
    terms: Terms | None = None
    tolerance: float = 1e-6

    def replaced(
        self, functions: Callable[..., Any] | Mapping[str, Callable[..., Any]]
    ) -> dict[str, Callable[..., Any]]:
        """Return the exercise's functions with some of them replaced by a mutant's or alternative's."""
        if callable(functions):
            name = functions.__name__
            functions = {name if name in self.functions else self.subject[0]: functions}
        strange = sorted(set(functions) - set(self.functions))
        if strange:
            raise Fault(f"{self.id}: a mutant or alternative replaces {strange[0]}, which the exercise does not have")
        return {**self.functions, **functions}


@dataclass(frozen=True)
class Quiz:
    """A question with one right choice; the sheet holds a salted hash of it.

    because : for each choice, the sentence shown when it was chosen
    """

    id: str
    points: float
    question: str
    choices: Mapping[str, str]
    right: str
    because: Mapping[str, str]


@dataclass(frozen=True)
class Assignment:
    """An assignment: its exercises in the order of the notebook."""

    name: str
    title: str
    exercises: Sequence[Exercise | Quiz]

    @property
    def points(self) -> float:
        """The sum of its exercises' points."""
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, identity: str) -> Exercise | Quiz:
        """Return the exercise of this id."""
        for exercise in self.exercises:
            if exercise.id == identity:
                return exercise
        raise Fault(f"{self.name} has no exercise {identity!r}: it has {', '.join(e.id for e in self.exercises)}")


def edit(function: Callable[..., Any], *replacements: str) -> Callable[..., Any]:
    """Return the function with text of its self-contained source replaced: `edit(f, old, new, old, new, ...)`.

    Raises
    ------
    Fault
        If an old text does not stand there exactly once.
    """
    source = _without_docstring(self_contained(function))
    for old, new in zip(replacements[::2], replacements[1::2], strict=True):
        count = source.count(old)
        if count != 1:
            raise Fault(
                f"edit of {function.__name__}: {old!r} stands there {count} times, needs once: give more of the line"
            )
        source = source.replace(old, new)
    if "np." in source and "import numpy as np" not in source:
        source = f"import numpy as np\n\n\n{source}"
    return define(
        source, function.__name__, f"edited {function.__name__} {hashlib.sha256(source.encode()).hexdigest()[:8]}"
    )


def _without_docstring(source: str) -> str:
    """Return the source without the docstrings of its functions: a formula told there is not the formula computed."""
    lines = source.splitlines(keepends=True)
    for node in reversed([node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]):
        first = node.body[0]
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            for line in range(first.lineno - 1, first.end_lineno):
                lines[line] = ""
    return "".join(lines)


def load_assignment(name: str | Path) -> Assignment:
    """Load the declaration of an assignment by its name, its folder or the path of its exercises.py.

    Raises
    ------
    Fault
        If there is none.
    """
    path = _find(name)
    module_name = f"{path.parent.name}_exercises"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise Fault(f"{path} cannot be imported")
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # inspect finds the source of its functions through this
    spec.loader.exec_module(module)
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise Fault(f"{path} defines no ASSIGNMENT = Assignment(...)")
    return assignment


def _find(name: str | Path) -> Path:
    path = Path(name)
    root = Path(__file__).resolve().parents[2]
    for candidate in (
        path,
        path / "exercises.py",
        Path("assignments", path, "exercises.py"),
        root / "assignments" / path / "exercises.py",
    ):
        if candidate.is_file() and candidate.name == "exercises.py":
            return candidate.resolve()
    raise Fault(f"there is no assignment {str(name)!r}: assignments/{name}/exercises.py does not exist")


def seed_of(secret: str | bytes, assignment: str, exercise: str) -> int:
    """Return the seed of an exercise's hidden cases: the same for one class, unknown without its secret."""
    secret = secret.encode() if isinstance(secret, str) else secret
    digest = hashlib.blake2b(f"{assignment}\0{exercise}".encode(), key=secret[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big")


def answer_sheet(assignment: Assignment) -> AnswerSheet:
    """Compute what a student's copy holds: the visible cases with expected outputs, mutants' outputs and hints."""
    _no_id_twice(assignment)
    return AnswerSheet(
        assignment.name, assignment.title, {e.id: sheet_exercise(e, assignment.name) for e in assignment.exercises}
    )


make_sheet = answer_sheet


def full_sheet(assignment: Assignment, secret: str | bytes) -> AnswerSheet:
    """Compute the staff's sheet: visible and hidden cases, the hidden ones drawn for this class."""
    _no_id_twice(assignment)
    exercises = {}
    for exercise in assignment.exercises:
        rng = np.random.default_rng(seed_of(secret, assignment.name, exercise.id))
        exercises[exercise.id] = sheet_exercise(exercise, assignment.name, rng)
    return AnswerSheet(assignment.name, assignment.title, exercises)


def _no_id_twice(assignment: Assignment) -> None:
    ids = [exercise.id for exercise in assignment.exercises]
    for identity in ids:
        if ids.count(identity) > 1:
            raise Fault(f"{assignment.name} has two exercises {identity!r}: rename one of them, and its check cell")


def sheet_exercise(exercise: Exercise | Quiz, assignment: str, rng: np.random.Generator | None = None) -> SheetExercise:
    """Compute one exercise of a sheet; with an rng its hidden cases too.

    Raises
    ------
    Fault
        If the declaration cannot work; the sentence says what to change.
    """
    if isinstance(exercise, Quiz):
        return _sheet_quiz(exercise, assignment)
    declared = [(case, False) for case in exercise.cases]
    if rng is not None and exercise.hidden is not None:
        declared += [(case, True) for case in exercise.hidden(rng)]
    cases = [_sheet_case(exercise, case, hidden) for case, hidden in declared]
    mutants = [
        SheetMutant(
            mutant.name,
            mutant.sentence,
            mutant.tag,
            [_answer(exercise, mutant, case) for case in cases],
        )
        for mutant in exercise.mutants
    ]
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
        quiz=None,
    )
    made.small = ladder([case for case in cases if not case.hidden], exercise.functions)
    made.properties = [_sheet_property(exercise, item, False, made) for item in exercise.properties]
    if rng is not None:
        made.properties += [_sheet_property(exercise, item, True, made, rng) for item in exercise.hidden_properties]
    return made


def _sheet_case(exercise: Exercise, case: Case, hidden: bool) -> SheetCase:
    where = f"{exercise.id}, case {case.name!r}"
    _check_case(exercise, case, hidden, where)
    inputs = {
        name: duplicate(value) if isinstance(value, np.ndarray) else plain(value) for name, value in case.inputs.items()
    }
    run = LocalCaller(exercise.functions).run(script.parse(case.calls), inputs, case.outputs)
    if run.error is not None:
        raise Fault(f"{where}: the reference stops in {run.error.call!r}: {run.error.name}: {run.error.message}")
    if run.changed:
        raise Fault(f"{where}: the reference changes {run.changed[0]} in place")
    parts = case.part if isinstance(case.part, Mapping) else {name: case.part or name for name in case.outputs}
    return SheetCase(
        name=case.name,
        inputs=inputs,
        calls=tuple(case.calls),
        outputs=tuple(case.outputs),
        expected=run.values if case.measure is None else {},
        parts={name: parts.get(name, name) for name in case.outputs},
        kind=case.kind,
        hidden=hidden,
        measure=case.measure,
        options=dict(case.options),
        tolerance=case.tolerance,
    )


def _check_case(exercise: Exercise, case: Case, hidden: bool, where: str) -> None:
    """Refuse a case that cannot tell right from wrong."""
    if hidden and not case.kind:
        raise Fault(f"{where}: a hidden case needs a kind, the only thing that its student is told")
    if case.measure is not None and case.measure not in MEASURES:
        raise Fault(f"{where}: there is no measure {case.measure!r}, there are {', '.join(MEASURES)}")
    known = set(case.inputs)
    for call in script.parse(case.calls):
        if call.function not in exercise.functions and not isinstance(case.inputs.get(call.function), Function):
            raise Fault(f"{where} calls {call.function}, add it to functions")
        unknown = [name for name in call.uses if name not in known and name not in exercise.functions]
        if unknown:
            raise Fault(f"{where}: {call.text!r} uses {unknown[0]}, which is no input and no earlier target")
        known |= set(call.defines)
    for output in case.outputs:
        if output not in known - set(case.inputs):
            raise Fault(f"{where}: the output {output} is given by no call")
    for name, value in case.inputs.items():
        for array in arrays_in(value):
            _check_input(name, array, case.square or hidden, where)


def _check_input(name: str, array: np.ndarray, square: bool, where: str) -> None:
    if re.match(r"grad_(y|loss|out)", name) and array.ndim and array.size > 1 and np.ptp(array) == 0:
        raise Fault(
            f"{where}: {name} is the same number everywhere, and such an upstream gradient hides mistakes "
            "(that of batch norm is then 0): draw it at random"
        )
    if array.ndim == 4 and array.shape[2] == array.shape[3] > 1 and not square:
        raise Fault(
            f"{where}: {name} has shape {array.shape}, a square image or kernel, which hides swapped axes: "
            "choose another height, or say square=True where the case is about something else"
        )


def _answer(exercise: Exercise, mutant: Mutant, case: SheetCase) -> Answer:
    run = LocalCaller(exercise.replaced(mutant.functions)).run(case.script, case.inputs, case.outputs)
    if run.error is not None and run.error.name in ("NameError", "UnboundLocalError"):
        raise Fault(f"{exercise.id}: the mutant {mutant.name!r} is no bug but a typing error: {run.error.message}")
    answer = Answer.of(run)
    if case.measure is not None:
        answer.values = {name: thin(value) for name, value in answer.values.items()}
    return answer


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
    sealed = SheetQuiz(quiz.question, dict(quiz.choices), salt, SheetQuiz.seal(salt, quiz.right), dict(quiz.because))
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
        quiz=sealed,
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
            total = sum(summands.values())
            expected = case.expected[terms.output]
            if (
                np.abs(total - expected).max() > 1e-9 * max(1e-3, float(np.abs(expected).max()))
                and expected.dtype == float
            ):
                raise Fault(f"{exercise.id}, case {case.name!r}: the terms do not add up to {terms.output}")
        by_case.append({name: np.asarray(value) for name, value in summands.items()})
    return SheetTerms(terms.output, dict(terms.sentences), by_case)


def _sheet_property(
    exercise: Exercise, item: Property, hidden: bool, made: SheetExercise, rng: np.random.Generator | None = None
) -> SheetProperty:
    if item.name not in PROPERTIES:
        raise Fault(f"{exercise.id}: there is no property {item.name!r}, there are {', '.join(PROPERTIES)}")
    where = f"{exercise.id}, property {item.name}"
    options = dict(item.options)
    if callable(options.get("inputs")):
        options["inputs"] = options["inputs"](rng or np.random.default_rng(seed_of(b"visible", exercise.id, item.name)))
    if item.name == "gradient":
        options = _gradient_options(exercise, options, where)
    parts = (
        [item.part]
        if item.part
        else [options["wrt"][name] for name in options.get("wrt", {})]
        if item.name == "gradient"
        else []
    )
    parts = [part for part in parts if part in made.parts] or list(made.parts)
    options = {key: plain(value) if not isinstance(value, np.ndarray) else value for key, value in options.items()}
    sheet = SheetProperty(item.name, item.title, options, tuple(parts), item.kind, hidden)
    if hidden and not item.kind:
        raise Fault(f"{where}: a hidden property needs a kind, the only thing that its student is told")
    problem = PROPERTIES[item.name](LocalCaller(exercise.functions), options)
    if problem is not None:
        raise Fault(f"{where}: the reference does not have it: {problem.text}")
    return sheet


def _gradient_options(exercise: Exercise, options: dict[str, Any], where: str) -> dict[str, Any]:
    """Write the calls of a gradient property out from the names of its two functions and their signatures."""
    options = dict(options)
    forward, backward = options.pop("forward", None), options.pop("backward", None)
    inputs = dict(options.get("inputs", {}))
    if "calls" not in options:
        if forward not in exercise.functions or backward not in exercise.functions:
            raise Fault(f"{where}: give forward= and backward=, both of them in functions, or calls=")
        positional, keywords = [], []
        for parameter in inspect.signature(exercise.functions[forward]).parameters.values():
            if parameter.name in inputs:
                by_name = parameter.kind is parameter.KEYWORD_ONLY
                (keywords if by_name else positional).append(
                    f"{parameter.name}={parameter.name}" if by_name else parameter.name
                )
        arrays = [n for n in positional if isinstance(inputs[n], np.ndarray) and inputs[n].dtype.kind == "f"]
        wanted = list(options.pop("arguments", arrays))
        returned = [f"grad_{name}" if name in wanted else "_" for name in arrays]
        options["calls"] = [
            f"y, cache = {forward}({', '.join(positional + keywords)})",
            f"{', '.join(returned)} = {backward}(grad_y, cache)",
        ]
        options["output"], options["wrt"] = "y", {name: f"grad_{name}" for name in wanted}
    if "wrt" not in options or "output" not in options:
        raise Fault(f"{where}: calls= needs output= and wrt={{argument: gradient}}")
    if "grad_y" not in inputs:
        run: Run = LocalCaller(exercise.functions).run(script.parse(options["calls"][:1]), inputs, [options["output"]])
        if run.error is not None:
            raise Fault(f"{where}: the reference stops in {run.error.call!r}: {run.error.name}: {run.error.message}")
        shape = np.shape(run.values[options["output"]])
        inputs["grad_y"] = np.random.default_rng(len(shape) + 5).normal(size=shape) if shape else 1.0
    options["inputs"] = inputs
    return options
