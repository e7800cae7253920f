"""Nothing that a student receives may answer for the student: every file of a bundle is read before it is written.

Refused are solution marks, modules of staff, imports of them, lines of the reference and expected outputs of hidden
cases, wherever they occur: in a notebook, in the answer sheet, in the wheel inside the bundle.
"""

import ast
import io
import json
import re
import textwrap
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom.call.value import arrays_in
from classroom.judge.answer_sheet import AnswerSheet, SheetExercise
from classroom.staff.author.notebook import BEGIN, END
from classroom.staff.declare.exercise import Assignment, Exercise
from classroom.staff.declare.source import self_contained

_STAFFS_FILE = re.compile(r"(^|/)(classroom/staff|solutions|tests)/|(^|/)exercises/")
_STAFFS_IMPORT = re.compile(r"^\s*(from|import)\s+(solutions|classroom\.staff)\b", re.MULTILINE)
_TELLING = 20  # characters without spaces that make a line of code one's own rather than everyone's
_LONG = 40  # characters that no two programs have in common by chance
_DISTINCT = 5  # different values that make an array one's own


@dataclass(frozen=True)
class Leak:
    """What was found, and in which file of the bundle."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def scan(
    files: Mapping[str, bytes],
    forbidden: Iterable[str] = (),
    hidden: Iterable[AnswerSheet] = (),
    *,
    imports: bool = False,
) -> list[Leak]:
    """Read every file of a bundle, also inside archives.

    Parameters
    ----------
    files : content by name
    forbidden : lines of the reference, from `reference_lines`
    hidden : sheets with hidden cases, from `classroom.staff.declare.exercise.full_sheet`
    imports : allow imports from `solutions`: a lecture uses it and shows nothing of it

    Returns
    -------
    list of Leak
        Empty when the bundle may go out.
    """
    lines = set(forbidden)
    arrays = _hidden_outputs(hidden)
    digits = [(case, numbers) for case, array in arrays if len(numbers := _as_digits(array)) >= _DISTINCT]
    found: list[Leak] = []
    for name, content in unpacked(files):
        if _STAFFS_FILE.search(name.rsplit("!", 1)[-1]):
            found.append(Leak(name, "is a module of staff"))
        if name.endswith(".npy"):
            found += [Leak(name, f"holds an expected output of {case}") for case in _equal(content, arrays)]
        # Once through all of it: an answer sheet has thousands of strings.
        text = "\n".join(filter(str.strip, texts_of(name, content)))
        found += [Leak(name, what) for what in _in_text(text, lines, digits, imports, name.endswith(".py"))]
        found += [
            Leak(name, f"holds the bytes of an expected output of {case}")
            for case, raw in arrays
            if raw.tobytes() in content
        ]
    return list(dict.fromkeys(found))


def unpacked(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and those inside archives as `archive!member`."""
    for name, content in files.items():
        yield name, content
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inner = {f"{name}!{member}": archive.read(member) for member in archive.namelist()}
            yield from unpacked(inner)


def reference_lines(assignment: Assignment, notebook: Any) -> set[str]:
    """Collect the lines of code that only the reference has.

    Parameters
    ----------
    assignment : its exercises hold the reference's functions
    notebook : the staff's notebook: the text between solution marks is added, the text of an answer cell without
        marks (a bug to be hunted) is given to the student and taken away
    """
    lines: set[str] = set()
    given: set[str] = set()
    for exercise in assignment.exercises:
        if isinstance(exercise, Exercise):
            for function in exercise.functions.values():
                lines |= set(_code_lines(self_contained(function)))
            # How a check calls a function is known to everybody who runs it.
            given |= {_bare(call) for case in exercise.cases for call in case.calls}
    for cell in notebook.cells:
        noted = cell.metadata.get("nbgrader", {})
        if noted.get("solution") and BEGIN in cell.source:
            lines |= set(_code_lines(_between_marks(cell.source)))
        elif cell.cell_type == "code":
            given |= set(_code_lines(cell.source))
    return lines - given


def _between_marks(source: str) -> str:
    kept: list[str] = []
    for region in source.split(BEGIN)[1:]:
        kept.append(textwrap.dedent(region.split(END)[0].strip("\n").rstrip()))
    return "\n".join(kept)


def _code_lines(source: str) -> Iterator[str]:
    """Return the lines of a source that identify it: no comment, docstring, import or signature, nothing short."""
    quiet: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if isinstance(node, ast.FunctionDef):
            quiet |= set(range(node.lineno, node.body[0].lineno))
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            quiet |= set(range(body[0].lineno, (body[0].end_lineno or 0) + 1))
    for number, line in enumerate(source.splitlines(), start=1):
        if number not in quiet and not line.lstrip().startswith(("import ", "from ", "raise ")):
            bare = _bare(line)
            if len(bare) >= _TELLING and not bare.endswith(":"):  # what an `if` asks is asked by many
                yield bare


def _bare(line: str) -> str:
    """A line without its comment and its spaces."""
    return re.sub(r"\s+", "", line.split("  #")[0]) if not line.lstrip().startswith("#") else ""


def _hidden_outputs(sheets: Iterable[AnswerSheet]) -> list[tuple[str, np.ndarray]]:
    """Collect the arrays that hidden cases expect, each with the name of its exercise."""
    arrays: list[tuple[str, np.ndarray]] = []
    for sheet in sheets:
        for exercise in sheet.exercises.values():
            visible = [np.sort(other, None) for other in _outputs(exercise, hidden=False)]
            for array in _outputs(exercise, hidden=True):
                # What a visible case expects too, in whatever order (the slide's own example, say), is no secret.
                shown = any(_same(np.sort(array, None), other) for other in visible)
                if not shown and np.unique(array).size >= _DISTINCT:
                    arrays.append((exercise.id, np.ascontiguousarray(array)))
    return arrays


def _as_digits(array: np.ndarray) -> set[str]:
    """Write the numbers of an array as Python and JSON do, those with enough digits to be its own."""
    if array.dtype.kind != "f":
        return set()
    return {text for text in (repr(float(number)) for number in array.ravel()[:100]) if len(text) >= 15}


def _outputs(exercise: SheetExercise, *, hidden: bool) -> list[np.ndarray]:
    cases = [case for case in exercise.cases if case.hidden == hidden]
    return [array for case in cases for array in arrays_in(list(case.expected.values()))]


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-9, atol=0, equal_nan=True))


def _equal(content: bytes, arrays: list[tuple[str, np.ndarray]]) -> list[str]:
    stored = np.load(io.BytesIO(content), allow_pickle=False)
    if stored.dtype.kind not in "biufc":
        return []
    return [case for case, array in arrays if array.size == stored.size and _same(array.ravel(), stored.ravel())]


def texts_of(name: str, content: bytes) -> Iterator[str]:
    """Yield the readable texts of a file; of JSON every string in it, so that line ends are line ends."""
    if name.endswith("index.npy"):  # an answer sheet's table of contents is JSON in an array of bytes
        name, content = f"{name}.json", np.load(io.BytesIO(content), allow_pickle=False).tobytes()
    if name.endswith((".npy", ".npz", ".zip", ".whl", ".png")):
        return
    text = content.decode("utf-8", errors="replace")
    if name.endswith((".ipynb", ".json")):
        yield from _strings(json.loads(text))
    else:
        yield text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, float):
        yield repr(value)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value) if value[0].endswith("\n") else "\n".join(value)
        else:
            for item in value:
                yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)


def _in_text(
    text: str, lines: set[str], digits: list[tuple[str, set[str]]], imports: bool, module: bool
) -> Iterator[str]:
    if re.search(rf"^\s*({BEGIN}|{END})\s*$", text, re.MULTILINE):
        yield "holds solution marks"
    for imported in _STAFFS_IMPORT.finditer(text):
        if not (imports and imported.group(2) == "solutions"):
            yield f"imports {imported.group(2)}"
    common = {bare: line.strip() for line in text.splitlines() if (bare := _bare(line)) in lines}
    shown = set(re.findall(r"-?\d+\.\d{8,}(?:e-?\d+)?", text))
    # Two programs may have one short line in common by chance; a notebook has no business with any.
    if not (module and len(common) == 1 and len(next(iter(common))) < _LONG):
        yield from (f"holds a line of the reference: {line!r}" for line in common.values())
    # One number in common is chance; most numbers of an array are the array.
    for case, numbers in digits:
        if len(numbers & shown) > len(numbers) // 2:
            yield f"holds the numbers of an expected output of {case}"
