"""`classroom build`: each text becomes the notebook beside it, lectures executed, and the same bytes every time."""

import base64
import os
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.ledger import Ledger
from classroom.notebook_file import skip_address_grammars
from classroom.staff.author import claims_page, rounding
from classroom.staff.author.lecture_check import shortcomings
from classroom.staff.author.ledger_check import checked_ledger, outputs_of, refuse, what_differs
from classroom.staff.author.notebook import compose, read_text, to_text

if TYPE_CHECKING:
    from classroom.staff.declare.declaration import Assignment

LARGEST_LECTURE = 460_000  # bytes; what a reader's browser and a reviewer's diff can bear
_SECONDS_PER_CELL = 300
_HOUSE = Path(__file__).resolve().parents[3]
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_LOADS = re.compile(r"<script|<iframe|src\s*=|@import")


@dataclass(frozen=True)
class Pair:
    """A text and the notebook built from it."""

    name: str
    kind: Literal["lecture", "assignment"]
    text: Path
    notebook: Path

    @property
    def sheet(self) -> Path:
        """The answer sheet of an assignment."""
        return self.notebook.with_suffix(".npz")


def pairs(root: Path, names: Sequence[str] = ()) -> list[Pair]:
    """List the pairs of a course, or those that are named.

    Raises
    ------
    Fault
        If a name is not among them, or there is nothing to build.
    """
    found = [
        Pair(text.stem, "lecture", text, text.with_suffix(".ipynb"))
        for text in sorted((root / "course").glob("[0-9][0-9]_*.py"))
    ]
    found += [
        Pair(text.stem, "assignment", text, text.with_suffix(".ipynb"))
        for text in sorted((root / "assignments").glob("*/*.py"))
        if text.stem == text.parent.name
    ]
    if not found:
        raise Fault(f"{root.resolve()} holds no course: run this in the folder with course/ and assignments/")
    known = {pair.name for pair in found}
    for name in names:
        if name not in known:
            raise Fault(f"there is no notebook {name!r}: there are {', '.join(sorted(known))}")
    return [pair for pair in found if not names or pair.name in names]


def run(root: Path, names: Sequence[str], *, check: bool = False, force: bool = False, fresh: bool = False) -> int:
    """Build the notebooks that are out of date, or list them; return the exit code."""
    chosen = pairs(root, names)
    # First of all, so that nothing is written when a declaration cannot work; the notebooks do not show it.
    sheets = {} if check else {pair.name: checked_sheet(pair) for pair in chosen if pair.kind == "assignment"}
    stale = [(pair, reason) for pair in chosen if (reason := out_of_step(pair))]
    if check:
        for pair, reason in stale:
            print(f"{pair.notebook}: {reason}", file=sys.stderr)
        if page := "" if names else claims_page.out_of_step(root / "course"):
            print(f"{root / 'course' / claims_page.NAME}: {page}", file=sys.stderr)
        print(f"{len(chosen) - len(stale)} of {len(chosen)} notebooks are in step with their text")
        return 1 if stale or page else 0
    wanted = chosen if force or fresh or names else [pair for pair, _ in stale]
    build(wanted, root, fresh=fresh)
    claims_page.write(root / "course")
    for pair in chosen:
        if pair.name in sheets:
            write_sheet(pair, sheets[pair.name])
    print(f"{len(wanted)} of {len(chosen)} notebooks built, the others were in step")
    return 0


def build(wanted: Iterable[Pair], root: Path, *, workers: int = 2, fresh: bool = False) -> None:
    """Write the notebooks of these pairs when all of them can be built; otherwise write none.

    A committed output that differs from the new one by rounding alone is kept, unless `fresh` asks for the new one.  A
    lecture of which the prose alone has changed is not run again.

    Raises
    ------
    Fault
        The first error, after all have been tried.
    """
    wanted = list(wanted)
    # More than one thread changes the last digits of a sum, and with them the bytes.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    with ThreadPoolExecutor(workers) as pool:
        made = [pool.submit(_built, pair, fresh) for pair in wanted]
    contents = [future.result() for future in made]
    for pair, content in zip(wanted, contents, strict=True):
        write_whole(pair.notebook, content)


def _built(pair: Pair, fresh: bool) -> bytes:
    notebook = compose(read_text(pair.text), pair.name, pair.text.parent)
    if pair.kind == "lecture":
        ledger = _checked(pair, notebook)
        committed = None if fresh else _committed(pair)
        if committed is not None and _only_prose_differs(pair, committed, notebook, ledger):
            _carry_over(committed, notebook)
        else:
            execute(notebook, pair.name, pair.text.parent)
        if committed is not None:
            rounding.keep(committed, notebook, ledger, lambda shown: not ledger or not what_differs([shown], ledger))
    content = to_text(notebook).encode()
    if pair.kind == "lecture" and len(content) > LARGEST_LECTURE:
        raise Fault(f"{pair.name}: the notebook has {len(content)} bytes, needs at most {LARGEST_LECTURE}")
    return content


def _checked(pair: Pair, notebook: Any) -> Ledger | None:
    """Return the ledger of a lecture that agrees with it and lacks nothing; raise a Fault that lists what is wrong."""
    ledger = checked_ledger(pair.text)
    if ledger is not None:
        refuse(shortcomings(pair.text, notebook, ledger))
    return ledger


def _only_prose_differs(pair: Pair, committed: Any, notebook: Any, ledger: Ledger | None) -> bool:
    """Whether a lecture's experiments are those of the committed notebook, so that running them would show the same.

    The prose has to differ, every code cell to be the same and run in order, the outputs to have the words of the
    ledger, and no module or file that an experiment may use to be newer than the notebook.
    """
    before, now = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (committed, notebook))
    if [cell.source for cell in before] != [cell.source for cell in now] or [
        cell.execution_count for cell in before
    ] != list(range(1, len(now) + 1)):
        return False
    if [cell.source for cell in committed.cells] == [cell.source for cell in notebook.cells]:
        return False  # whoever builds what is in step wants its experiments run
    if ledger and what_differs(outputs_of(committed), ledger):
        return False
    modules = [path for folder in ("solutions", "classroom") for path in (_HOUSE / folder).rglob("*.py")]
    used = [path for path in modules if "staff" not in path.relative_to(_HOUSE).parts]
    used += [path for path in pair.text.parent.iterdir() if path.suffix not in (".py", ".toml", ".ipynb", ".md")]
    return max(path.stat().st_mtime for path in used) < pair.notebook.stat().st_mtime


def _carry_over(committed: Any, notebook: Any) -> None:
    """Give the code cells of a notebook what they showed when they were run."""
    notebook.metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    shown = (cell for cell in committed.cells if cell.cell_type == "code")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            old = next(shown)
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def execute(notebook: Any, name: str, folder: Path) -> None:
    """Run all cells in a fresh kernel and keep outputs that do not depend on when and where it ran.

    Raises
    ------
    Fault
        If a cell fails (a claim that does not hold, for one), writes to stderr, or shows a memory address.
    """
    skip_address_grammars()
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        timeout=_SECONDS_PER_CELL,
        kernel_name="python3",
        allow_errors=True,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],  # its warnings are about ports, not about the notebook
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError) as error:
        raise Fault(f"{name}: {str(error).splitlines()[0]}") from None
    notebook.metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _accept(output, f"{name}: cell {number}")


def _accept(output: Any, where: str) -> None:
    """Refuse an output that would differ on another machine; remove what depends only on this run from the others."""
    if output.output_type == "error":
        raise Fault(f"{where} stopped with {output.ename}: {output.evalue}")
    if output.output_type == "stream":
        if output.name == "stderr":
            raise Fault(f"{where} writes to stderr: {output.text.strip().splitlines()[-1]}")
        shown = output.text
    else:
        shown = "".join(str(output.data.get(kind, "")) for kind in ("text/plain", "text/html"))
        if "image/png" in output.data:
            output.data["image/png"] = _without_comments(output.data["image/png"])
    if loads := _LOADS.search(shown):
        raise Fault(f"{where} shows HTML with {loads.group()!r}: a page loads and runs nothing")
    if address := _ADDRESS.search(shown):
        raise Fault(f"{where} shows a memory address ({address.group().strip()}), which changes from run to run")


def _without_comments(image: str) -> str:
    """Drop the text and time chunks of a PNG: they name the version that drew it."""
    raw = base64.b64decode(image)
    kept, position = [raw[:8]], 8
    while position < len(raw):
        end = position + 12 + int.from_bytes(raw[position : position + 4], "big")
        if raw[position + 4 : position + 8] not in {b"tEXt", b"iTXt", b"zTXt", b"tIME"}:
            kept.append(raw[position:end])
        position = end
    return base64.b64encode(b"".join(kept)).decode("ascii")


def out_of_step(pair: Pair) -> str:
    """Say in a few words how a notebook differs from its text; empty where it does not.

    An assignment is compared byte by byte.  Of a lecture, cells are compared, whether each was run in order, and what
    claims, predictions and figures show with the ledger: the rest is compared when the lectures are tested.
    """
    if not pair.notebook.exists():
        return "was never built"
    wanted = compose(read_text(pair.text), pair.name, pair.text.parent)
    if pair.kind == "assignment":
        same = to_text(wanted) == pair.notebook.read_text(encoding="utf-8")
        return "" if same else "differs from its text, build it again"
    notebook = _committed(pair)
    if notebook is None:
        return "is not a notebook, build it again"
    try:
        ledger = _checked(pair, wanted)
    except Fault as fault:
        return f"cannot be built: {fault}"
    if ledger and (difference := what_differs(outputs_of(notebook), ledger)):
        return f"{difference}; build it again"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if to_text(notebook) != to_text(wanted):
        return "differs from its text, build it again"
    return "" if counts == list(range(1, len(counts) + 1)) else "was not run from top to bottom, build it again"


def _committed(pair: Pair) -> Any:
    """Read the notebook that is there; None if there is none, or it cannot be read."""
    skip_address_grammars()
    import nbformat

    try:
        return nbformat.reads(pair.notebook.read_text(encoding="utf-8"), as_version=4)
    except Exception:  # nbformat raises its validator's, its reader's and json's own errors for one and the same thing
        return None


def checked_sheet(pair: Pair) -> AnswerSheet:
    """Compute an assignment's answer sheet, if its text and its declaration agree.

    Raises
    ------
    Fault
        If they contradict each other, or the declaration cannot work.
    """
    from classroom.staff.author.contradiction import Lines
    from classroom.staff.declare.exercise import answer_sheet

    assignment = checked_assignment(pair)
    try:
        return answer_sheet(assignment)
    except Fault as fault:
        raise Fault(f"{Lines(pair.text.parent).place(str(fault))}: {fault}") from None


def checked_assignment(pair: Pair) -> "Assignment":
    """Load an assignment's declaration, if its text agrees with it; raise a Fault if they contradict each other."""
    from classroom.staff.author.contradiction import parses, refuse_contradictions
    from classroom.staff.declare.exercise import load_assignment

    parses(pair.text)
    assignment = load_assignment(pair.text.parent)
    refuse_contradictions(pair.text, assignment)
    return assignment


def write_sheet(pair: Pair, sheet: AnswerSheet | None = None) -> None:
    """Write an assignment's answer sheet beside the notebook, if it is not there already; by default compute it."""
    from classroom.staff.declare.exercise import answer_sheet, load_assignment

    sheet = sheet or answer_sheet(load_assignment(pair.text.parent))
    if not pair.sheet.exists() or pair.sheet.read_bytes() != sheet.to_bytes():
        sheet.save(pair.sheet)
