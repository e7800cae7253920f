"""From a notebook's text (percent format) to its cells: roles become nbgrader metadata, answers get their source."""

import ast
import hashlib
import importlib
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.notebook_file import skip_address_grammars
from classroom.staff.author.first_cell import first_cell
from classroom.staff.declare.loader import PACKAGE, declaring_module
from classroom.staff.declare.source import self_contained

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "raise NotImplementedError  # your code here"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_CHOICE = re.compile(r'(\w+) = ("\w")(  # .+)')
# role in the text -> what nbgrader has to know of the cell
_ROLES: dict[str, dict[str, bool]] = {
    "setup": {"grade": False, "solution": False, "locked": True},
    "given": {"grade": False, "solution": False, "locked": True},
    "check": {"grade": True, "solution": False, "locked": True},
    "answer": {"grade": False, "solution": True, "locked": False},
    "hunt": {"grade": False, "solution": True, "locked": False},
    "quiz": {"grade": False, "solution": True, "locked": False},
}


def compose(text: str, name: str, folder: Path | None = None) -> Any:
    """Turn the text of a notebook into a notebook without outputs.

    Parameters
    ----------
    text : percent format; cell headers such as ``# %% role="check" id="relu_forward" points=4``
    name : what to call the notebook in a message
    folder : of the assignment, where answers come from its own package `exercises`

    Returns
    -------
    nbformat NotebookNode
        The same text gives the same notebook, cell ids included.

    Raises
    ------
    Fault
        If a header names an unknown role, or an id twice.
    """
    skip_address_grammars()
    import jupytext
    import nbformat

    source = jupytext.reads(text, fmt="py:percent")
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": dict(KERNEL), "language_info": {"name": "python"}})
    seen: dict[str, int] = {}
    for line, cell in zip(_header_lines(text, len(source.cells)), source.cells, strict=True):
        where = f"{name}.py:{line}"
        if cell.metadata.get("role") == "setup":
            install = first_cell(text, name)
            notebook.cells.append(nbformat.v4.new_code_cell(install, id=_cell_id("first cell", seen)))
        made = nbformat.v4.new_markdown_cell if cell.cell_type == "markdown" else nbformat.v4.new_code_cell
        metadata = _metadata(cell.metadata, cell.cell_type, where)
        if cell.metadata.get("role") == "quiz":
            cell.source = choice(cell.source, where)
        content = cell.source
        if cell.metadata.get("role") == "answer":
            content = answer(content, where, folder)
        notebook.cells.append(made(content, id=_cell_id(cell.source, seen), metadata=metadata))
    _no_id_twice(notebook, name)
    nbformat.validate(notebook)
    return notebook


def _header_lines(text: str, cells: int) -> list[int]:
    """Return on which line each cell begins; text above the first header is a cell too."""
    headers = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("# %%")]
    return ([1] * (cells - len(headers)) + headers)[:cells]


def to_text(notebook: Any) -> str:
    """Write a notebook the way it is committed: sorted keys, one space a level, a newline at the end."""
    import nbformat

    return nbformat.writes(notebook, version=4, sort_keys=True, indent=1, ensure_ascii=False).rstrip("\n") + "\n"


def grade_id(role: str, exercise_id: str) -> str:
    """Name a cell for nbgrader: a check keeps the id of its exercise, an answer cell adds a prefix to it."""
    return f"answer-{exercise_id}" if role in {"answer", "hunt", "quiz"} else exercise_id


def answer(content: str, name: str, folder: Path | None = None) -> str:
    """Replace imports from `solutions` or `exercises` by the source itself, the bodies between solution marks.

    A cell that imports nothing from them is left as it is.
    """
    tree = ast.parse(content)
    imports = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("solutions", PACKAGE)
    ]
    if not imports:
        return content
    if len(imports) < len(tree.body):
        raise Fault(
            f"{name}: an answer cell that imports from solutions holds nothing else: {content.splitlines()[0]!r}"
        )
    functions: list[Callable[..., Any]] = []
    for node in imports:
        if folder is not None and str(node.module).partition(".")[0] == PACKAGE:
            module = declaring_module(folder, str(node.module))
        else:
            module = importlib.import_module(str(node.module))
        for alias in node.names:
            if not hasattr(module, alias.name):
                raise Fault(f"{name}: {node.module} has no {alias.name}")
            functions.append(getattr(module, alias.name))
    functions.sort(key=lambda function: (function.__module__, function.__code__.co_firstlineno))
    return answer_source(functions)


def choice(content: str, name: str) -> str:
    """Blank the answer to a question: of ``answer_1 = "b"  # "a", "b" or "c"`` the student sees ``answer_1 = None``."""
    written = _CHOICE.fullmatch(content.strip())
    if written is None:
        raise Fault(f'{name}: the cell of a question reads  answer_1 = "b"  # "a", "b" or "c", not {content!r}')
    variable, right, choices = written.groups()
    return f"{variable} = None{choices}\n{BEGIN}\n{variable} = {right}\n{END}"


def answer_source(functions: Sequence[Callable[..., Any]]) -> str:
    """Return the functions as one answer cell: signature and docstring open, everything else between solution marks."""
    names = {function.__name__ for function in functions}
    imports: list[str] = []
    blocks: list[str] = []
    for function in functions:
        needed, block = _with_marks(self_contained(function), function.__name__, names)
        imports += [line for line in needed if line not in imports and line != "import numpy as np"]
        blocks.append(block)
    return "\n\n\n".join(["\n".join(imports), *blocks] if imports else blocks)


def stubbed(source: str) -> str:
    """Replace each region between solution marks: inside a function by a stub, at the left margin by nothing.

    A cell without marks (a bug to be hunted, a drawing) stays as it is.  A region at the left margin is the value of an
    answer whose empty form is written above it, and a statement that raises would stop the whole notebook there.
    """
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        mark = line.strip()
        if mark == BEGIN:
            if inside:
                raise Fault(f"a solution begins inside a solution: {source.splitlines()[0]!r}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                kept.append(indent + STUB)
        elif mark == END:
            if not inside:
                raise Fault(f"a solution ends that never began: {source.splitlines()[0]!r}")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise Fault(f"a solution begins and never ends: {source.splitlines()[0]!r}")
    return "\n".join(kept).rstrip("\n")


def _with_marks(source: str, name: str, apart: set[str]) -> tuple[list[str], str]:
    """Split self-contained source into the imports its signature needs and the function, all else inside the marks."""
    lines = source.splitlines()
    tree = ast.parse(source)
    target = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    signature = {
        node.id
        for part in (target.args, target.returns)
        if part
        for node in ast.walk(part)
        if isinstance(node, ast.Name)
    }
    imports: list[tuple[str, set[str]]] = []
    outside: list[str] = []
    inside: list[str] = []
    for node in tree.body:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        text = "\n".join(lines[_with_comments(lines, first) - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append((text.strip(), {alias.asname or alias.name for alias in node.names}))
        elif node is not target and not _defines(node) & apart:
            (outside if _defines(node) & signature else inside).append(text)
    documented = isinstance(target.body[0], ast.Expr) and isinstance(target.body[0].value, ast.Constant)
    body = target.body[1:] if documented else target.body
    if not body:
        raise Fault(f"{name} has no body to be written by a student")
    opened = (target.body[0].end_lineno if documented else body[0].lineno - 1) or 0
    head = lines[target.lineno - 1 : opened]
    written = textwrap.dedent("\n".join(lines[opened : target.end_lineno])).strip("\n")
    # An import that the stub does not need would only tell what the course's own version is made of.
    open_names = {"np", "annotations", *signature, *re.findall(r"\w+", "\n".join(outside))}
    needed = [text for text, names in imports if names & open_names]
    others = "\n".join(text for text, names in imports if not names & open_names)
    hidden = "\n\n".join([*filter(None, [others]), *inside, written])
    block = "\n".join([*head, textwrap.indent("\n".join([BEGIN, hidden, END]), "    ")])
    return needed, "\n\n".join([*outside, block])


def _with_comments(lines: list[str], first: int) -> int:
    """Move the first line of a statement up over the comments directly above it."""
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {leaf.id for target in node.targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def _metadata(header: dict[str, Any], cell_type: str, name: str) -> dict[str, Any]:
    role = header.get("role")
    kept = {key: value for key, value in header.items() if key not in {"role", "id", "points"}}
    if role is None:
        return kept
    if role not in _ROLES:
        raise Fault(f"{name}: a cell has the role {role!r}, the roles are {', '.join(_ROLES)}")
    if "id" not in header:
        raise Fault(f"{name}: a cell with the role {role} needs an id")
    if ("points" in header) != (role == "check"):
        raise Fault(f"{name}: cell {header['id']}: a check needs points, and nothing else has them")
    grading = {**_ROLES[role], "grade_id": grade_id(role, str(header["id"])), "schema_version": 3, "task": False}
    void = header.get("void", "")
    if void not in ("", "full", "out") or (void and role != "check"):
        raise Fault(f'{name}: cell {header["id"]}: void="full" or void="out" stands on a check, not void={void!r}')
    if role == "check":
        grading |= {"points": 0 if void == "out" else header["points"], "cell_type": cell_type}
    return {**kept, "nbgrader": grading, **({} if grading["solution"] else {"deletable": False, "editable": False})}


def _cell_id(source: str, seen: dict[str, int]) -> str:
    """Derive a cell's id from its text; a second cell with the same text gets another."""
    seen[source] = seen.get(source, 0) + 1
    return hashlib.sha256(f"{source}\0{seen[source]}".encode()).hexdigest()[:12]


def _no_id_twice(notebook: Any, name: str) -> None:
    ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    twice = sorted({exercise_id for exercise_id in ids if ids.count(exercise_id) > 1})
    if twice:
        raise Fault(f"{name}: the id {twice[0]} is used for more than one cell")


def read_text(path: Path) -> str:
    """Read a notebook's text, or say in one sentence why not."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Fault(f"{path} is not UTF-8 text") from None
