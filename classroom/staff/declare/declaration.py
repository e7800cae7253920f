"""The words in which staff declares an exercise: cases, mutants, alternatives, properties."""

import ast
import dataclasses
import functools
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from classroom.call.value import Value
from classroom.fault import Fault
from classroom.judge.budget import Budget
from classroom.judge.measure import Measure
from classroom.judge.relation import Relation
from classroom.staff.declare.source import define, self_contained


@dataclass(frozen=True)
class Case:
    """Inputs, a script of calls and the outputs that are compared with the reference's.

    name : what the student reads, in a few words
    inputs : plain data by name; `Generator(seed)` and `Function(name, ...)` become the real thing at the callee
    calls : lines `targets = function(arguments)`, see `classroom.call.script`
    outputs : names to compare, targets of the calls
    kind : of a hidden case, what the student is told when it fails ("float32", "odd shapes")
    part : the part of the points that this case counts for: one name, or one for each output; by default the output's
        own name
    measure : for random answers, a bound on features of the outputs from `classroom.judge.measure`; nothing is then
        compared with the reference's draw
    tolerance : instead of the exercise's
    budget : of processor time, for an exercise that asks for speed, from `classroom.judge.budget`
    square : allow a square image or kernel, where the case is about something else
    """

    name: str
    inputs: Mapping[str, Value]
    calls: Sequence[str]
    outputs: Sequence[str]
    kind: str = ""
    part: str | Mapping[str, str] | None = None
    measure: Measure | None = None
    tolerance: float | None = None
    budget: Budget | None = None
    square: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.measure, Measure | None):
            raise Fault(f"case {self.name!r}: measure={self.measure!r} is no measure of classroom.judge.measure")
        if not isinstance(self.budget, Budget | None):
            raise Fault(f"case {self.name!r}: budget={self.budget!r} is no budget of classroom.judge.budget")


@dataclass(frozen=True)
class Mutant:
    """A wrong implementation that students write, and the sentence that tells them what is wrong with it.

    functions : one function, or several by name; one that is named like none of the exercise's replaces its subject
    tag : "memoriser" of one that treats the visible inputs specially, and so is right until it is graded; all others
        are "visible"
    """

    name: str
    functions: Callable[..., Any] | Mapping[str, Callable[..., Any]]
    sentence: str
    tag: Literal["visible", "memoriser"] = "visible"

    @property
    def function(self) -> Callable[..., Any]:
        """The function of a mutant that has one.

        Raises
        ------
        Fault
            If it has several.
        """
        if not callable(self.functions):
            raise Fault(f"the mutant {self.name!r} has several functions: {', '.join(self.functions)}")
        return self.functions


@dataclass(frozen=True)
class Alternative:
    """A correct implementation that differs from the reference and must earn full points."""

    name: str
    functions: Callable[..., Any] | Mapping[str, Callable[..., Any]]


Draw = Callable[[np.random.Generator], Mapping[str, Value]]  # inputs drawn anew for every class


@dataclass(frozen=True)
class PairGradient:
    """The backward pass gives the slopes of the forward pass; the calls are written from the signatures of the two.

    forward, backward : names of functions of the exercise
    arguments : those whose gradients the backward pass returns, by default all arrays of floats among the inputs
    linear : whether the output is linear in each argument, so that the measured slopes are exact
    """

    forward: str
    backward: str
    arguments: Sequence[str] | None = None
    linear: bool = False


@dataclass(frozen=True)
class Property:
    """A relation between the results of a script that needs no reference, and the points that it costs.

    relation : what holds: one of `classroom.judge.relation`, or a `PairGradient`
    calls : lines `targets = function(arguments)`, see `classroom.call.script`; a `PairGradient` has none
    inputs : plain data by name, or a function of an rng that draws it; the same property can then be a hidden one too,
        with other inputs, which needs `kind`
    title : what the student reads, in a few words
    part : the part of the points, or several of them, that it costs; by default all
    kind : of a hidden property, what the student is told when it fails
    hidden : the kind under which `exercise_of` asks it once more, on inputs drawn for each class
    """

    relation: Relation | PairGradient
    _: KW_ONLY
    calls: Sequence[str] = ()
    inputs: Mapping[str, Value] | Draw = field(default_factory=dict)
    title: str = ""
    part: str | Sequence[str] | None = None
    kind: str = ""
    hidden: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.relation, Relation | PairGradient):
            raise Fault(f"property {self.title!r}: {self.relation!r} is no relation of classroom.judge.relation")

    def drawn(self, kind: str) -> "Property":
        """Return it as a hidden property: the same relation on the inputs that its function draws for each class.

        Raises
        ------
        Fault
            If its inputs are no function of an rng: the hidden inputs would be those that everybody can see.
        """
        if not callable(self.inputs):
            name = self.title or type(self.relation).__name__
            raise Fault(f"the property {name!r} draws nothing: make inputs= a function of an rng")
        return dataclasses.replace(self, kind=kind)


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
    shows_all : whether the visible cases are of every kind that hidden has, so that none is drawn for everybody: said
        where drawing takes long
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
    shows_all: bool = False

    def __post_init__(self) -> None:
        asked = {item.kind for item in self.hidden_properties}
        for item in self.properties:
            if item.hidden and item.hidden not in asked:
                raise Fault(
                    f"{self.id}: the property {item.title!r} is to be asked of hidden inputs too, and nothing asks it: "
                    "declare the exercise with exercise_of, or list it in hidden_properties"
                )

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
class Section:
    """A section of a lecture, written ``03_activation: Dying ReLU`` in a declaration.

    lecture : the name of its notebook
    heading : without the number that it may have there
    """

    lecture: str
    heading: str

    @classmethod
    def of(cls, text: str) -> "Section":
        """Read ``lecture: heading``."""
        lecture, colon, heading = text.partition(": ")
        if not colon or not re.fullmatch(r"\d\d_\w+", lecture):
            raise Fault(f"a lecture's section reads '03_activation: Dying ReLU', not {text!r}")
        return cls(lecture, heading)

    @property
    def number(self) -> int:
        """The number of the lecture."""
        return int(self.lecture[:2])


@dataclass(frozen=True)
class Assignment:
    """An assignment: its exercises in the order of the notebook.

    number : its place in the course
    withheld : for an exercise, the modules beside the notebook that never enter the room in which it is judged
    folder : where it is declared, known of one that was loaded
    lectures : the sections of the lectures that explain its exercises, each with their ids: see `Section`
    despite : what its bundle gives though it answers an exercise of an assignment that is open, by the name of the
        callable or of its module, and why; `classroom release` writes both into the log of the class
    """

    name: str
    title: str
    exercises: Sequence[Exercise | Quiz]
    number: int = 0
    withheld: Mapping[str, Sequence[str]] = field(default_factory=dict)
    folder: Path | None = None
    lectures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    despite: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """The sum of its exercises' points."""
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, exercise_id: str) -> Exercise | Quiz:
        """Return the exercise of this id."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        raise Fault(f"{self.name} has no exercise {exercise_id!r}: it has {', '.join(e.id for e in self.exercises)}")

    def section_of(self, exercise_id: str) -> Section | None:
        """Return the section of a lecture that explains an exercise; None if none is named."""
        for text, exercises in self.lectures.items():
            if exercise_id in exercises:
                return Section.of(text)
        return None


def edit(function: Callable[..., Any], *replacements: str) -> Callable[..., Any]:
    """Return the function with text of its self-contained source replaced: `edit(f, old, new, old, new, ...)`.

    Raises
    ------
    Fault
        If an old text does not occur exactly once.
    """
    source = _without_docstring(self_contained(function))
    for old, new in zip(replacements[::2], replacements[1::2], strict=True):
        count = source.count(old)
        if count != 1:
            mend = "give more of the line" if count else "copy it from the reference"
            raise Fault(f"edit of {function.__name__}: {old!r} occurs {count} times, needs once: {mend}")
        source = source.replace(old, new)
    if "np." in source and "import numpy as np" not in source:
        source = f"import numpy as np\n\n\n{source}"
    return define(
        source, function.__name__, f"edited {function.__name__} {hashlib.sha256(source.encode()).hexdigest()[:8]}"
    )


@functools.cache
def _without_docstring(source: str) -> str:
    """Return the source without its docstrings: a formula in a docstring is not the one that is computed."""
    lines = source.splitlines(keepends=True)
    for node in reversed([node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]):
        first = node.body[0]
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            for line in range(first.lineno - 1, first.end_lineno or first.lineno):
                lines[line] = ""
    return "".join(lines)
