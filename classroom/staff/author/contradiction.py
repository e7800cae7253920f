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
_OPEN = re.compile(r"^check\.open\(\s*(?P<given>[^,)]*)")
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
    def markdown(self) -> bool:
        return self.options.get("markdown") == "markdown"

    @property
    def points(self) -> float:
        """What a check says it is worth; what is out of the sum is worth nothing."""
        return 0.0 if self.options.get("void") == "out" else self.full

    @property
    def full(self) -> float:
        """The points in its header."""
        return float(self.options["points"]) if _is_number(self.options.get("points", "")) else 0.0


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
        raise Fault(f"{text.stem} is not built; mend this first:{listed}{more}")


def _place(path: Path) -> str:
    """Name a file as one types it in the folder of the course."""
    parts = path.parts
    if "assignments" not in parts:
        return path.name
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("assignments") :])


Problem = tuple[Path, int, str]


def _problems(text: Path, assignment: Assignment) -> Iterator[Problem]:
    cells = list(read_cells(text.read_text(encoding="utf-8")))
    for line, what in [*_of_sheet(cells, text.stem), *_of_text(cells, assignment)]:
        yield text, line, what
    lines = Lines(text.parent)
    checked = {cell.options.get("id", "") for cell in cells if cell.role == "check"}
    for named, what in _of_declaration(assignment, text, checked):
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
        if "[markdown]" in found["rest"]:
            options["markdown"] = "markdown"
        header, below = number, []
    if header:
        yield TextCell(header, options, tuple(below))


def _of_sheet(cells: Sequence[TextCell], name: str) -> Iterator[tuple[int, str]]:
    """The notebook opens the answer sheet that lies beside it."""
    wanted = f'check.open("{name}")'
    opened = False
    for cell in cells:
        for number, line in enumerate(cell.lines, start=cell.line + 1):
            if found := _OPEN.match(line):
                opened = True
                if found["given"].strip().strip("\"'") != name or not found["given"].startswith(("'", '"')):
                    yield number, f"check.open({found['given']}) opens no sheet of this assignment: write {wanted}"
    if not opened:
        setup = next((cell.line for cell in cells if cell.role == "setup"), 1)
        yield setup, f'no cell opens the answer sheet: write {wanted} in the cell with role="setup"'


def _of_text(cells: Sequence[TextCell], assignment: Assignment) -> Iterator[tuple[int, str]]:
    declared = {exercise.id: exercise for exercise in assignment.exercises}
    given: set[str] = set()
    for cell in cells:
        if cell.role == "check":
            yield from _of_check(cell, declared, given)
        else:
            given |= _given(cell)
        if cell.role == "quiz":
            yield from _of_quiz(cell, declared)
    yield from _of_choices(cells, declared)
    yield from _of_sums(cells)


def _given(cell: TextCell) -> set[str]:
    """Name what a cell of code gives to those below it."""
    if cell.markdown:
        return set()
    names: set[str] = set()
    for node in ast.parse("\n".join(cell.lines)).body:
        for part in ast.walk(node):
            match part:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                    names |= {alias.asname or alias.name for alias in aliases}
                case ast.Name(id=name, ctx=ast.Store()):
                    names.add(name)
    return names


def _of_check(
    cell: TextCell, declared: Mapping[str, Exercise | Quiz], given: Container[str]
) -> Iterator[tuple[int, str]]:
    called = check_cell("\n".join(cell.lines))
    name = cell.options.get("id", "")
    if called is None:
        yield cell.line, f'a check reads  check("{name}", function), with the names of functions alone'
        return
    exercise = declared.get(called[0])
    if exercise is None:
        others = _meant(called[0], declared) or f", only {', '.join(declared)}: declare it, or check one of these"
        yield cell.line, f"no exercise {called[0]!r} is declared{others}"
        return
    if called[0] != name:
        yield cell.line, f"the cell is called {name!r} and checks {called[0]!r}: one name for both"
    points = cell.options.get("points", "")
    if not _is_number(points):
        yield cell.line, f"{name} has no number of points here: write points={exercise.points:g}, as it is declared"
    elif float(points) != exercise.points:
        yield (
            cell.line,
            f"{name} has {points} points here and {exercise.points:g} in its declaration: one number for both",
        )
    if isinstance(exercise, Exercise) and tuple(called[1]) != tuple(exercise.subject):
        asked = ", ".join(exercise.subject)
        yield (
            cell.line,
            f"the check of {name} passes {', '.join(called[1])}, and its declaration asks for {asked}: name the same "
            "in both",
        )
        return
    for passed in called[1]:
        if passed not in given:
            yield (
                cell.line,
                f"the check of {name} passes {passed}, which no cell above it gives: mend the name there, or add it",
            )


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", text))


def _of_quiz(cell: TextCell, declared: Mapping[str, Exercise | Quiz]) -> Iterator[tuple[int, str]]:
    name = cell.options.get("id", "")
    quiz = declared.get(name)
    if not isinstance(quiz, Quiz):
        known = [one.id for one in declared.values() if isinstance(one, Quiz)]
        others = _meant(name, known) or f", only {', '.join(known) or 'none'}: declare it, or answer one of these"
        yield cell.line, f"no question {name!r} is declared{others}"
        return
    for number, line in enumerate(cell.lines, start=cell.line + 1):
        right = _RIGHT.match(line)
        if right and right["right"] != quiz.right:
            yield (
                number,
                f"the right answer of {quiz.id} is {right['right']!r} here and {quiz.right!r} in its declaration: "
                "one answer for both",
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
    if any(cell.role == "check" and not _is_number(cell.options.get("points", "")) for cell in cells):
        return  # it is said of that check; a sum without it would mislead
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
            yield place, f"the heading says {points:g} points, its checks have {_sum(checks)}: write {_sum(checks)}"
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
                f"the text says {total['points']} points in all, the checks have {_sum(checks)}: write {_sum(checks)}",
            )


def _sum(checks: Sequence[TextCell]) -> str:
    return f"{sum(one.points for one in checks):g}"


def _sums(checks: Sequence[TextCell]) -> set[float]:
    """The points of checks; with void ones a heading may still say what they were worth."""
    return {sum(one.points for one in checks), sum(one.full for one in checks)}


def _of_declaration(assignment: Assignment, text: Path, checked: Container[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the declaration itself; each with the name to look for in its modules."""
    folder = text.parent.name
    if assignment.name != folder:
        yield (
            f'"{assignment.name}"',
            f"the assignment is called {assignment.name!r} and lies in the folder {folder!r}: one name for both",
        )
    known = {exercise.id for exercise in assignment.exercises}
    for exercise in assignment.exercises:
        name, points = exercise.id, f"{exercise.points:g}"
        if name not in checked:
            cell = f'# %% role="check" id="{name}" points={points}'
            yield name, f"{name} is declared, and no cell checks it: write  {cell}  or take it out of ASSIGNMENT"
        if isinstance(exercise, Exercise):
            for what in _of_exercise(exercise):
                yield name, f"{name} {what}"
    for section, exercises in assignment.lectures.items():
        if what := _of_section(section, text.parents[2] / "course"):
            yield f'"{section}"', what
        for name in exercises:
            if name not in known:
                others = _meant(name, known) or f": there are {', '.join(sorted(known))}"
                yield f'"{name}"', f"the section {section!r} explains {name!r}, which is no exercise{others}"


def _of_section(section: str, lectures: Path) -> str:
    """Return what is wrong with the section of a lecture; where a course has no lectures, its form alone counts."""
    try:
        named = Section.of(section)
    except Fault as fault:
        return str(fault)
    known = sorted(path.stem for path in lectures.glob("[0-9][0-9]_*.py"))
    if known and named.lecture not in known:
        return (
            f"there is no lecture {named.lecture!r}{_meant(named.lecture, known) or ': there are ' + ', '.join(known)}"
        )
    if known:
        text = (lectures / f"{named.lecture}.py").read_text(encoding="utf-8")
        headings = re.findall(r"^# #{2,3} (?:\d+ · )?(.+?)\s*$", text, re.MULTILINE)
        if named.heading not in headings:
            others = _meant(named.heading, headings) or f": there are {', '.join(headings)}"
            return f"{named.lecture} has no section {named.heading!r}{others}"
    return ""


def _of_exercise(exercise: Exercise) -> Iterator[str]:
    for name in exercise.subject:
        if name not in exercise.functions:
            others = _meant(name, exercise.functions) or f", only {', '.join(exercise.functions)}: name one of these"
            yield f"asks for {name!r} in subject=, and has no such function{others}"
    if not exercise.mutants:
        yield "has no mutants: add mutants=, wrong answers of students, or nobody knows what its check lets pass"
    if not exercise.alternatives:
        yield "has no alternatives: add alternatives=, other right answers, or nobody knows what its check refuses"
    if not exercise.hints:
        yield "has no hints: add hints=, a line for each, or whoever is stuck has nowhere to go"


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f": did you mean {close[0]!r}?" if close else ""


class Lines:
    """Finds where the modules of a declaration name something.

    Parameters
    ----------
    folder : of the assignment
    """

    def __init__(self, folder: Path) -> None:
        self._face = folder / PACKAGE / "__init__.py"
        self._texts = {path: path.read_text(encoding="utf-8") for path in sorted((folder / PACKAGE).rglob("*.py"))}

    def find(self, name: str) -> tuple[Path, int]:
        """Return the file and line that declare a name, or use it; else the face."""
        word = re.escape(name.strip('"'))
        quoted = rf"[\"']{word}[\"']"
        ways = (
            rf"\bid={quoted}",
            rf"\w\(\s*\[?(?:\w+,\s*)?{word}\s*[,)\]]",  # exercise_of(name, ...), Pair(forward, name)
            rf"\w\(\s*{quoted}",  # question("name", ...)
            quoted,
            rf"\bdef {word}\b",
            rf"\b{word}\b",
        )
        return next((place for way in ways if (place := self._first(way))), (self._face, 1))

    def place(self, said: str) -> str:
        """Return the place that a sentence about the declaration speaks of: of what it quotes, or of its first word."""
        words = [*re.findall(r"'([^']+)'", said), said.partition(" ")[0].strip(":,")]
        quoted = (self._first(rf"[\"']{re.escape(word)}[\"']") for word in words)
        found = next((place for place in quoted if place), None) or self.find(words[-1])
        return f"{_place(found[0])}:{found[1]}"

    def _first(self, pattern: str) -> tuple[Path, int] | None:
        for path, text in self._texts.items():
            if found := re.search(pattern, text):
                return path, text.count("\n", 0, found.start()) + 1
        return None


def parses(text: Path) -> None:
    """Refuse a text or a declaration that is no Python, with its line."""
    for path in [text, *sorted((text.parent / PACKAGE).rglob("*.py"))]:
        try:
            ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            raise Fault(f"{_place(path)}:{error.lineno}: {error.msg}: mend this line") from None
