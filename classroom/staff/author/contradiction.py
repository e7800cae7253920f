"""What an assignment's text and its declaration say against each other, or against the house's rules, with the line.

Points, totals and the answers to questions are read by students in the text and by the grader in the declaration.
"""

import ast
import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classroom.call.script import check_cell
from classroom.fault import Fault
from classroom.staff.declare.declaration import Assignment, Exercise, Quiz, Section
from classroom.staff.declare.loader import PACKAGE

_HEADER = re.compile(r"^# %%(?P<rest>.*)$")
_OPTION = re.compile(r'(?P<key>\w+)=(?:"(?P<text>[^"]*)"|(?P<number>[\d.]+))')
_PART = re.compile(r"^# ## .*?\((?P<points>\d[\d.]*|no) points?\)\s*$")
_TOTAL = re.compile(r"\*\*Points\*\*\s+(?P<points>\d+(\.\d+)?)")
_OPEN = re.compile(r"^check\.open\(\s*[\"'](?P<name>[^\"']*)[\"']")
_RIGHT = re.compile(r'^\w+ = "(?P<right>\w+)"')
_CHOICE = re.compile(r'^# - `"(?P<letter>\w+)"`\s*(?P<words>.*)$')
_CONTINUED = re.compile(r"^#  +(?P<words>\S.*)$")  # a choice that goes on in the next line
_LISTED = 12  # problems in one message


@dataclass(frozen=True)
class TextCell:
    """A cell of a notebook's text.

    line : of its header; lines : what stands below it
    """

    line: int
    options: Mapping[str, str]
    lines: tuple[str, ...]

    @property
    def role(self) -> str:
        return self.options.get("role", "")

    @property
    def points(self) -> float:
        """What a check says it is worth; what is out of the sum is worth nothing."""
        return 0.0 if self.options.get("void") == "out" else float(self.options.get("points", 0))


def refuse_contradictions(text: Path, assignment: Assignment) -> None:
    """Stop when an assignment's text and declaration do not say the same.

    Parameters
    ----------
    text : ``assignments/<name>/<name>.py``
    assignment : its declaration

    Raises
    ------
    Fault
        With every contradiction on a line of its own, and where it stands.
    """
    found = sorted(set(_problems(text, assignment)))
    if found:
        listed = "".join(f"\n  {_place(path)}:{line}: {what}" for path, line, what in found[:_LISTED])
        more = f"\n  and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise Fault(f"{assignment.name} is not built, its text and its declaration do not agree:{listed}{more}")


def _place(path: Path) -> str:
    """Name a file as one types it in the folder of the course."""
    parts = path.parts
    return "/".join(parts[parts.index("assignments") :]) if "assignments" in parts else path.name


Problem = tuple[Path, int, str]


def _problems(text: Path, assignment: Assignment) -> Iterator[Problem]:
    cells = list(read_cells(text.read_text(encoding="utf-8")))
    for line, what in _of_text(cells, assignment):
        yield text, line, what
    lines = _Lines(text.parent)
    checked = {cell.options.get("id", "") for cell in cells if cell.role == "check"}
    for named, what in _of_declaration(assignment, text.parent.name, checked):
        path, line = lines.find(named)
        yield path, line, what


def read_cells(text: str) -> Iterator[TextCell]:
    """Read the cells of a notebook's text, in percent format."""
    header, below = 0, list[str]()
    options: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        found = _HEADER.match(line)
        if found is None:
            below.append(line)
            continue
        if header:
            yield TextCell(header, options, tuple(below))
        options = {one["key"]: one["text"] or one["number"] or "" for one in _OPTION.finditer(found["rest"])}
        header, below = number, []
    if header:
        yield TextCell(header, options, tuple(below))


def _of_text(cells: Sequence[TextCell], assignment: Assignment) -> Iterator[tuple[int, str]]:
    declared = {exercise.id: exercise for exercise in assignment.exercises}
    for cell in cells:
        if cell.role == "check":
            yield from _of_check(cell, declared)
        if cell.role == "quiz":
            yield from _of_quiz(cell, declared.get(cell.options.get("id", "")))
        for number, line in enumerate(cell.lines, start=cell.line + 1):
            opened = _OPEN.match(line)
            if opened and opened["name"] != assignment.name:
                yield number, f"check.open({opened['name']!r}) opens another assignment's sheet: {assignment.name!r}"
    yield from _of_choices(cells, declared)
    yield from _of_sums(cells)


def _of_check(cell: TextCell, declared: Mapping[str, Exercise | Quiz]) -> Iterator[tuple[int, str]]:
    called = check_cell("\n".join(cell.lines))
    name = cell.options.get("id", "")
    if called is None:
        yield cell.line, f'a check reads  check("{name}", function), with the names of functions alone'
        return
    if called[0] != name:
        yield cell.line, f"the cell is called {name!r} and checks {called[0]!r}: one name for both"
    exercise = declared.get(called[0])
    if exercise is None:
        yield cell.line, f"no exercise {called[0]!r} is declared{_meant(called[0], declared)}"
        return
    if "points" in cell.options and float(cell.options["points"]) != exercise.points:
        yield cell.line, f"{name} has {cell.options['points']} points here and {exercise.points:g} in its declaration"
    if isinstance(exercise, Exercise) and tuple(called[1]) != tuple(exercise.subject):
        yield cell.line, f"{name} passes {', '.join(called[1])}, its declaration asks for {', '.join(exercise.subject)}"


def _of_quiz(cell: TextCell, quiz: Exercise | Quiz | None) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(cell.lines, start=cell.line + 1):
        right = _RIGHT.match(line)
        if right and isinstance(quiz, Quiz) and right["right"] != quiz.right:
            yield (
                number,
                f"the right answer of {quiz.id} is {right['right']!r} here and {quiz.right!r} in its declaration",
            )


def _of_choices(cells: Sequence[TextCell], declared: Mapping[str, Exercise | Quiz]) -> Iterator[tuple[int, str]]:
    """A question offers the choices of its declaration, in the same words; they stand in the text above its answer."""
    offered: list[_Offered] = []
    for cell in cells:
        offered += _offered(cell)
        if cell.role != "quiz":
            continue
        quiz = declared.get(cell.options.get("id", ""))
        if isinstance(quiz, Quiz):
            yield from _of_offered(offered, quiz, cell.line)
        offered = []


@dataclass(frozen=True)
class _Offered:
    line: int
    letter: str
    words: str


def _offered(cell: TextCell) -> list[_Offered]:
    """Read the choices that a cell lists: ``- `"a"` words``, which may go on in lines that are set in."""
    listed: list[_Offered] = []
    goes_on = False
    for number, line in enumerate(cell.lines, start=cell.line + 1):
        begun, continued = _CHOICE.match(line), _CONTINUED.match(line)
        if begun:
            listed.append(_Offered(number, begun["letter"], begun["words"].strip()))
        elif continued and goes_on:
            listed[-1] = replace(listed[-1], words=f"{listed[-1].words} {continued['words'].strip()}")
        goes_on = bool(begun or (continued and goes_on))
    return listed


def _of_offered(offered: Sequence[_Offered], quiz: Quiz, line: int) -> Iterator[tuple[int, str]]:
    letters = [choice.letter for choice in offered]
    if not letters:
        yield line, f'no choices stand above the answer of {quiz.id}: list them, each as  - `"a"` and its words'
    elif letters != list(quiz.choices):
        listed, known = ", ".join(letters), ", ".join(quiz.choices)
        yield offered[0].line, f"{quiz.id} offers {listed} here and {known} in its declaration: one list for both"
    else:
        for choice in offered:
            if choice.words != quiz.choices[choice.letter]:
                yield (
                    choice.line,
                    f"choice {choice.letter} of {quiz.id} reads {_cited(choice.words)} here and "
                    f"{_cited(quiz.choices[choice.letter])} in its declaration: one wording for both",
                )


def _cited(words: str) -> str:
    """Put words in quotes; a control character shows as what it was written as, since a formula may hold one."""
    shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in words)
    return f"\u201c{shown}\u201d"


def _of_sums(cells: Sequence[TextCell]) -> Iterator[tuple[int, str]]:
    """The points in a heading are those of the checks below it, and the total is that of all."""
    said: tuple[int, float, list[TextCell]] | None = None
    parts = []
    for cell in cells:
        for number, line in enumerate(cell.lines, start=cell.line + 1):
            if line.startswith("# ## "):
                part = _PART.match(line)
                points = 0.0 if part is None or part["points"] == "no" else float(part["points"])
                said = (number, points, []) if part else None
                parts += [said] if said else []
        if cell.role == "check" and said is not None:
            said[2].append(cell)
    for place, points, checks in parts:
        if points not in _sums(checks):
            yield place, f"the heading says {points:g} points, its checks have {sum(one.points for one in checks):g}"
    yield from _of_total(cells)


def _of_total(cells: Sequence[TextCell]) -> Iterator[tuple[int, str]]:
    checks = [cell for cell in cells if cell.role == "check"]
    for cell in cells:
        words = "\n".join(line.removeprefix("#").strip() for line in cell.lines)
        total = _TOTAL.search(words)
        if total and float(total["points"]) not in _sums(checks):
            line = cell.line + 1 + words[: total.start("points")].count("\n")
            yield (
                line,
                f"the text says {total['points']} points in all, the checks have {sum(c.points for c in checks):g}",
            )


def _sums(checks: Sequence[TextCell]) -> set[float]:
    """The points of checks; with void ones a heading may still say what they were worth."""
    return {sum(one.points for one in checks), sum(float(one.options.get("points", 0)) for one in checks)}


def _of_declaration(assignment: Assignment, folder: str, checked: Container[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the declaration itself; each with the name to look for in its modules."""
    if assignment.name != folder:
        yield f'"{assignment.name}"', f"the assignment is called {assignment.name!r} and lies in the folder {folder!r}"
    known = {exercise.id for exercise in assignment.exercises}
    for exercise in assignment.exercises:
        if exercise.id not in checked:
            yield exercise.id, f'{exercise.id} is declared, and the text has no check of it: # %% role="check"'
        if isinstance(exercise, Exercise):
            for what in _of_exercise(exercise):
                yield exercise.id, f"{exercise.id} {what}"
    for section, exercises in assignment.lectures.items():
        Section.of(section)
        for name in exercises:
            if name not in known:
                yield (
                    f'"{name}"',
                    f"the section {section!r} explains {name!r}, which is no exercise{_meant(name, known)}",
                )


def _of_exercise(exercise: Exercise) -> Iterator[str]:
    for name in exercise.subject:
        if name not in exercise.functions:
            yield f"asks for {name!r}, which is none of its functions{_meant(name, exercise.functions)}"
    if not exercise.mutants:
        yield "has no mutants: without wrong answers nobody knows what its check lets pass"
    if not exercise.alternatives:
        yield "has no alternatives: without other right answers nobody knows what its check refuses"
    if not exercise.hints:
        yield "has no hints: whoever is stuck has nowhere to go"


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f": did you mean {close[0]!r}?" if close else ""


class _Lines:
    """Finds where the modules of a declaration name something."""

    def __init__(self, folder: Path) -> None:
        self._face = folder / PACKAGE / "__init__.py"
        self._texts = {path: path.read_text(encoding="utf-8") for path in sorted((folder / PACKAGE).rglob("*.py"))}

    def find(self, name: str) -> tuple[Path, int]:
        """Return the file and line that declare a name: as a text, as a function, or anywhere; else the face."""
        word = re.escape(name.strip('"'))
        for pattern in (rf"[\"']{word}[\"']", rf"\bexercise_of\(\s*\[?{word}\b", rf"\bdef {word}\b", rf"\b{word}\b"):
            for path, text in self._texts.items():
                found = re.search(pattern, text)
                if found:
                    return path, text.count("\n", 0, found.start()) + 1
        return self._face, 1


def parses(text: Path) -> None:
    """Refuse a declaration that is no Python, with its line."""
    for path in sorted((text.parent / PACKAGE).rglob("*.py")):
        try:
            ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            raise Fault(f"{_place(path)}:{error.lineno}: {error.msg}") from None
