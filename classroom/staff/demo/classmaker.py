"""A class to try a course on: students made of each exercise's own reference, alternatives and known wrong answers.

What each of them must score follows from the declarations: the same functions, judged in this process, without
notebook, sandbox or gradebook.  So the two paths to a grade can be held against each other.
"""

import ast
import copy
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from classroom.atomic_write import write_whole
from classroom.call.caller import LocalCaller
from classroom.call.script import check_cell
from classroom.judge.answer_sheet import AnswerSheet
from classroom.judge.verdict import judge
from classroom.staff.author.notebook import BEGIN, END, answer_source
from classroom.staff.declare.exercise import Alternative, Assignment, Exercise, Quiz, seed_of

_FIRST = """
    Ada Bruno Chiara Dmitri Elena Farid Greta Hugo Ines Jakub Katka Luca Mira Nikolai Olga Pavol Qiang Rosa Samir Tereza
    Uma Viktor Wanda Xenia Yusuf Zuzana Amir Berta Cyril Daria Emil Fatima Gustav Hana Igor Jana Karim Lea Marek Nadia
"""
_LAST = """
    Novak Rossi Ivanova Kovac Haddad Weber Moreau Silva Horvat Bianchi Petrov Svoboda Chen Garcia Nasser Dvorak Iyer
    Orlov Nowak Popov Kaya Urban Rahman Schmidt Fiala Volkova Hansen Aziz Lang Toth Marino Balog Costa Krejci Duda
    Hassan Berg Cerny Sokolova Winter
"""
# How a student may be special.  The others are "mixed": some exercises right, some wrong in a known way, some not done.
SPECIAL = (
    "reference",
    "late",
    "alternatives",
    "alternatives in reverse",
    "blank",
    "half",
    "crashes",
    "dies",
    "loops for ever",
    "no notebook",
    "noisy",
    "checks deleted",
    "careless",
)
Function = Callable[..., Any]


@dataclass(frozen=True)
class Student:
    """A member of the class."""

    id: str
    first: str
    last: str


@dataclass
class Answers:
    """What a student wrote for one assignment.

    functions : by name, what differs from the reference; None was left as the stub
    choices : by quiz, the answer; None was left empty
    doomed : names whose cells end the process or never end, so that nothing that calls them can be judged
    played : by exercise, what was done there: a mutant's or an alternative's name, "blank", or a trouble
    """

    kind: str
    functions: dict[str, Function | None] = field(default_factory=dict)
    choices: dict[str, str | None] = field(default_factory=dict)
    doomed: set[str] = field(default_factory=set)
    played: dict[str, str] = field(default_factory=dict)


@dataclass
class Play:
    """One submission of the class, with what it must score."""

    student: Student
    kind: str
    content: bytes
    timestamp: dt.datetime
    expected: dict[str, float]
    played: dict[str, str]

    @property
    def total(self) -> float:
        """The points that it must get."""
        return sum(self.expected.values())


def students(count: int) -> list[Student]:
    """Name the members of a class."""
    firsts, lasts = _FIRST.split(), _LAST.split()
    names = [(firsts[i % len(firsts)], lasts[(i * 7 + i // len(firsts)) % len(lasts)]) for i in range(count)]
    return [Student(f"s{number:02d}", first, last) for number, (first, last) in enumerate(names, start=1)]


class Classmaker:
    """Makes the submissions of one assignment.

    Parameters
    ----------
    assignment : the declaration
    released : the notebook that students got, with stubs
    staffs : the notebook with the answers of the reference
    sheet : visible and hidden cases, to know what each submission must score
    """

    def __init__(self, assignment: Assignment, released: Path, staffs: Path, sheet: AnswerSheet) -> None:
        self.assignment = assignment
        self.sheet = sheet
        self.stub = json.loads(released.read_text(encoding="utf-8"))
        self.answered = {
            cell["metadata"]["nbgrader"]["grade_id"]: _source(cell)
            for cell in json.loads(staffs.read_text(encoding="utf-8"))["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")
        }
        self._known: dict[Any, float] = {}

    @cached_property
    def reference(self) -> dict[str, Function]:
        """The reference's functions by name."""
        return {name: function for exercise in self.exercises for name, function in exercise.functions.items()}

    @cached_property
    def exercises(self) -> list[Exercise]:
        """Those that ask for functions."""
        return [exercise for exercise in self.assignment.exercises if isinstance(exercise, Exercise)]

    @cached_property
    def quizzes(self) -> dict[str, Quiz]:
        """The questions, by the name of the variable that takes the answer."""
        by_id = {exercise.id: exercise for exercise in self.assignment.exercises if isinstance(exercise, Quiz)}
        called = [check_cell(_source(cell)) for cell in self.stub["cells"] if cell["cell_type"] == "code"]
        return {names[0]: by_id[called_id] for called_id, names in filter(None, called) if called_id in by_id}

    @cached_property
    def written(self) -> set[str]:
        """Names of the functions that students write."""
        return {name for source in self.answered.values() for name in _functions(source)}

    def play(self, roster: Sequence[Student], due: dt.datetime, number: int = 0) -> Iterator[Play]:
        """Make a submission of every student.

        Parameters
        ----------
        roster : the class
        due : when the assignment is due
        number : of the assignment in the course; the special parts go to other students in each
        """
        rng = np.random.default_rng(seed_of(b"class", self.assignment.name, "play"))
        kinds = ["mixed"] * len(roster)
        for index, kind in enumerate(SPECIAL[: len(roster)]):
            kinds[(index + 5 * number) % len(roster)] = kind
        for index, (student, kind) in enumerate(zip(roster, kinds, strict=True)):
            skill = np.random.default_rng(index).beta(4, 2)
            answers = self.answers(kind, skill, rng)
            late = dt.timedelta(hours=7) if kind == "late" else -dt.timedelta(minutes=int(rng.integers(30, 4000)))
            content = self.notebook(answers, kind)
            yield Play(student, kind, content, due + late, self.expected(answers), answers.played)

    # --- what a student writes -------------------------------------------------------------------------------------

    def answers(self, kind: str, skill: float, rng: np.random.Generator) -> Answers:
        """Decide what a student of this kind writes."""
        answers = Answers(kind, choices={name: quiz.right for name, quiz in self.quizzes.items()})
        if kind == "no notebook":
            answers.doomed |= self.written
            answers.choices = dict.fromkeys(answers.choices)
        elif kind == "blank":
            self._leave(answers, self.exercises)
            answers.choices = dict.fromkeys(answers.choices)
        elif kind == "half":
            self._leave(answers, self.exercises[len(self.exercises) // 2 :])
            answers.choices = dict.fromkeys(answers.choices)
        elif kind.startswith("alternatives"):
            for exercise in self.exercises:
                choices = list(exercise.alternatives)
                self._vary(answers, exercise, choices[::-1] if kind.endswith("reverse") else choices)
        elif kind in {"crashes", "dies", "loops for ever"}:
            self._trouble(answers, kind)
        elif kind in {"mixed", "careless"}:
            self._mixed(answers, skill if kind == "mixed" else 0.1, rng)
        return answers

    def _mixed(self, answers: Answers, skill: float, rng: np.random.Generator) -> None:
        for exercise in self.exercises:
            luck = rng.random()
            if luck < skill:
                if rng.random() < 0.4:
                    self._vary(
                        answers,
                        exercise,
                        [exercise.alternatives[i] for i in rng.permutation(len(exercise.alternatives))],
                    )
            elif exercise.mutants and luck < skill + 0.85 * (1 - skill):
                # The first bugs of a list are the common ones.
                index = min(int(rng.geometric(0.3)) - 1, len(exercise.mutants) - 1)
                mutant = exercise.mutants[index]
                self._replace(answers, exercise, mutant.functions, mutant.name)
            else:
                self._leave(answers, [exercise])
        for name, quiz in self.quizzes.items():
            if rng.random() > skill:
                answers.choices[name] = list(quiz.choices)[rng.integers(len(quiz.choices))]

    def _replace(self, answers: Answers, exercise: Exercise, functions: Any, name: str) -> None:
        """Let the student write these functions, unless another exercise has already decided one of them."""
        new = {key: made for key, made in exercise.replaced(functions).items() if made is not exercise.functions[key]}
        if new and not new.keys() & answers.functions.keys() and new.keys() <= self.written:
            answers.functions |= new
            answers.played[exercise.id] = name

    def _vary(self, answers: Answers, exercise: Exercise, alternatives: Sequence[Alternative]) -> None:
        """Let the student write the first of these alternatives that works with the rest.

        A forward pass that keeps something else in its cache needs a backward pass of its own.
        """
        for alternative in alternatives:
            trial = copy.deepcopy(answers)
            self._replace(trial, exercise, alternative.functions, f"alternative: {alternative.name}")
            touched = [other for other in self.exercises if other.functions.keys() & trial.functions.keys()]
            before, after = self.expected(answers), self.expected(trial)
            if trial.played != answers.played and all(after[e.id] >= before[e.id] for e in touched):
                answers.functions, answers.played = trial.functions, trial.played
                return

    def _leave(self, answers: Answers, exercises: Sequence[Exercise]) -> None:
        for exercise in exercises:
            for name in exercise.subject:
                if name in self.written and name not in answers.functions:
                    answers.functions[name] = None
                    answers.played[exercise.id] = "blank"

    def _trouble(self, answers: Answers, kind: str) -> None:
        """Spoil the first exercise that can be spoiled alone, in the way of this kind."""
        exercise = next(exercise for exercise in self.exercises if set(exercise.subject) <= self.written)
        name = exercise.subject[0]
        if kind == "crashes":
            answers.functions[name] = crashes
        else:
            answers.doomed.add(name)
        answers.played[exercise.id] = kind

    # --- the notebook ----------------------------------------------------------------------------------------------

    def notebook(self, answers: Answers, kind: str) -> bytes:
        """Write a student's notebook."""
        if kind == "no notebook":
            return b"I could not open Jupyter, here are my answers in words: ReLU is zero for negative numbers.\n"
        notebook = copy.deepcopy(self.stub)
        for cell in notebook["cells"]:
            noted = cell["metadata"].get("nbgrader", {})
            if noted.get("solution"):
                cell["source"] = self._cell(noted["grade_id"], _source(cell), answers)
        if kind == "checks deleted":
            notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
        if kind == "noisy":
            said = 'import sys\nimport warnings\n\nwarnings.warn("old")\nprint("I work late", file=sys.stderr)'
            extra: dict[str, Any] = {
                "cell_type": "code",
                "execution_count": None,
                "id": "noise",
                "metadata": {},
                "outputs": [],
            }
            notebook["cells"].insert(2, {**extra, "source": said})
        return json.dumps(notebook, indent=1, ensure_ascii=False).encode()

    def _cell(self, grade_id: str, stub: str, answers: Answers) -> str:
        """Write one answer cell: the reference's text with what the student wrote otherwise in its place."""
        reference = self.answered[grade_id]
        names = _functions(reference)
        if not names:
            return self._choice_cell(stub, reference, answers)
        blocks = []
        for name in names:
            function = answers.functions.get(name, self.reference.get(name))
            if name in answers.doomed:
                blocks.append(_DOOM[answers.kind].format(name=name))
            elif function is None:
                blocks.append(_block(stub, name))
            elif name in answers.functions or BEGIN not in reference:
                blocks.append(_pasted(function, name))
            else:
                blocks.append(_without_marks(_block(reference, name)))
        imports = [line for line in reference.splitlines() if line.startswith(("import ", "from "))]
        return "\n\n\n".join(["\n".join(imports), *blocks] if imports else blocks)

    def _choice_cell(self, stub: str, reference: str, answers: Answers) -> str:
        for name in self.quizzes:
            if re.search(rf"^{name} = ", stub, re.MULTILINE):
                return re.sub(
                    rf"^{name} = [^#\n]*", f"{name} = {answers.choices[name]!r}  ", stub, flags=re.MULTILINE
                ).rstrip()
        return _without_marks(reference)

    # --- the score -------------------------------------------------------------------------------------------------

    def expected(self, answers: Answers) -> dict[str, float]:
        """Judge what a student wrote in this process: points by exercise."""
        points: dict[str, float] = {}
        for exercise in self.exercises:
            own = {name: self._written(name, exercise, answers) for name in self._called(exercise)}
            if own.keys() & answers.doomed:
                points[exercise.id] = 0.0
                continue
            key = (exercise.id, tuple(sorted((name, id(function)) for name, function in own.items())))
            if key not in self._known:
                self._known[key] = judge(self.sheet.exercises[exercise.id], LocalCaller(own), told=False).points
            points[exercise.id] = self._known[key]
        for name, quiz in self.quizzes.items():
            points[quiz.id] = float(quiz.points) if answers.choices[name] == quiz.right else 0.0
        return points

    def _called(self, exercise: Exercise) -> list[str]:
        """Name the functions that the calls of a check name; what these call in turn they bring along."""
        calls = [call.function for case in self.sheet.exercises[exercise.id].cases for call in case.script]
        return [name for name in dict.fromkeys(calls) if name in exercise.functions]

    def _written(self, name: str, exercise: Exercise, answers: Answers) -> Function:
        """Return what the notebook has under this name: the student's, the stub's or the reference's own text."""
        if name not in answers.functions:
            return self._correct.get(name, exercise.functions[name])
        function = answers.functions[name]
        return self._undone[name] if function is None else function

    @cached_property
    def _undone(self) -> dict[str, Function]:
        """What a student who did nothing leaves behind: the stubs, and the bugs that were to be hunted."""
        stubs = [_source(cell) for cell in self.stub["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
        return self._defined(stubs)

    @cached_property
    def _correct(self) -> dict[str, Function]:
        """The source between the solution marks of the notebook, which may differ from the declared reference."""
        return self._defined(source for source in self.answered.values() if BEGIN in source)

    def _defined(self, sources: Iterable[str]) -> dict[str, Function]:
        space: dict[str, Any] = {"np": np, "__name__": "notebook"}
        for source in sources:
            exec(compile(source, "<notebook>", "exec"), space)
        return {name: space[name] for name in self.written & space.keys()}


def crashes(*arguments: Any, **options: Any) -> Any:
    """A student's function that stops in the middle."""
    results: list[float] = []
    return results[len(arguments)]


_DOOM = {
    "dies": "import os\n\nos._exit(3)\n\n\ndef {name}(*arguments, **options):\n    return 1",
    "loops for ever": "def {name}(*arguments, **options):\n    while True:\n        pass",
    "no notebook": "",
}


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _functions(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def _block(source: str, name: str) -> str:
    """Cut one function out of a cell, with the comments directly above it."""
    lines = source.splitlines()
    (node,) = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    first = node.lineno
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    last = node.end_lineno or first
    while last < len(lines) and (lines[last].strip() == END or lines[last].startswith(" ")):
        last += 1  # the closing mark is a comment, which is no part of the tree
    return "\n".join(lines[first - 1 : last])


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if line.strip() not in {BEGIN, END})


def _pasted(function: Function, name: str) -> str:
    """Write a function the way a student would paste it: under this name, with its helpers inside."""
    source = _without_marks(answer_source([function]))
    return re.sub(rf"\b{function.__name__}\b", name, source) if function.__name__ != name else source


def hand_in(play: Play, submitted: Path, assignment: str) -> None:
    """Put a submission where nbgrader's collect would have put it."""
    folder = submitted / play.student.id / assignment
    write_whole(folder / f"{assignment}.ipynb", play.content)
    write_whole(folder / "timestamp.txt", play.timestamp.strftime("%Y-%m-%d %H:%M:%S UTC").encode())
