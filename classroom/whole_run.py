"""A notebook run from top to bottom: in a new kernel, or, where none can be started, without the names of this one."""

import asyncio
import contextlib
import importlib.util
import json
import linecache
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.call.clock import IN_BROWSER
from classroom.display import running_shell
from classroom.fault import Fault
from classroom.notebook_file import noted, read_notebook, skip_address_grammars, source_of, text_of

SLOW = 120.0  # seconds for the whole notebook; grading allows each cell less than that
_SECONDS_PER_CELL = 120
GRADED_SECONDS = 20.0  # of a cell when it is graded, in its own time: `Allowance.cell` of the sandbox's room
_NEAR = 15.0  # seconds of a cell from which on that is told: another machine is slower
UNDER_WAY = "LAYERWISE_WHOLE_RUN"  # set in the environment while a notebook is run: nothing is handed in from inside it


@dataclass
class WholeRun:
    """What a notebook showed when it was run from top to bottom.

    shown : points by exercise, as its check cells showed them
    problems, notes : what keeps it from being graded well, and what is worth reading
    seconds : on the wall
    """

    shown: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


def can_start_a_kernel() -> bool:
    """Tell whether a new kernel can be started: not in a browser, and not where an editor brought its kernel alone."""
    return not IN_BROWSER and all(importlib.util.find_spec(name) for name in ("nbclient", "nbformat", "ipykernel"))


def released_beside(path: Path, released: str) -> list[Path]:
    """Return the files beside a notebook that are of its bundle: its sheet, the course's wheel, the given modules.

    Parameters
    ----------
    path : the notebook
    released : its text as it was released; a given module is one that it imports, or that such a module imports
    """
    folder = path.resolve().parent
    of_the_bundle = rf"{re.escape(path.stem)}\.npz|layerwise-.*\.whl"
    found = [one for one in folder.iterdir() if one.is_file() and re.fullmatch(of_the_bundle, one.name)]
    unread = [released]
    while unread:
        for name in re.findall(r"(?:\bfrom|(?<!\w )\bimport) (given_\w+)", unread.pop()):
            module = folder / f"{name}.py"
            if module.is_file() and module not in found:
                found.append(module)
                unread.append(module.read_text(encoding="utf-8", errors="replace"))
    return found


def under_way() -> bool:
    """Tell whether the code that asks is itself part of such a run."""
    return UNDER_WAY in os.environ


def in_new_kernel(path: Path, beside: Iterable[Path] = ()) -> WholeRun:
    """Run a copy in a fresh kernel, beside copies of these files: grading has no other than what was released.

    Raises
    ------
    Fault
        If the file is no notebook.
    """
    skip_address_grammars()
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        notebook = nbformat.reads(json.dumps(_runnable(read_notebook(path))), as_version=4)
    except Fault:
        raise
    except Exception:  # nbformat raises its own, its validator's and json's errors for one and the same thing
        raise Fault(f"{path} is not a notebook: open it in JupyterLab and save it again") from None
    found, reached, began = WholeRun(), [0], [0.0]

    def begin(cell: Any, cell_index: int) -> None:
        reached.append(cell_index)
        began.append(time.monotonic())

    def end(cell: Any, cell_index: int, **_: Any) -> None:
        _tell_long(cell, cell_index + 1, time.monotonic() - began[-1], found)

    with tempfile.TemporaryDirectory(prefix="preflight-") as scratch:
        for file in beside:
            shutil.copy(file, scratch)
        client = NotebookClient(
            notebook,
            timeout=_SECONDS_PER_CELL,
            kernel_name="python3",
            allow_errors=True,
            extra_arguments=["--IPKernelApp.log_level=50"],  # it speaks of ports and sockets, not of the notebook
            resources={"metadata": {"path": scratch}},
            on_cell_start=begin,
            on_cell_executed=end,
        )
        started = time.monotonic()
        try:
            _execute(client.async_execute(env={**os.environ, UNDER_WAY: "1"}))
        except CellTimeoutError:
            cell = notebook.cells[reached[-1]]
            cell.outputs = []  # it says that it was interrupted, which is not the student's doing
            found.problems.append(
                f"{_where(cell, reached[-1] + 1)} ran longer than {_SECONDS_PER_CELL} s, and nothing below it was run: "
                "does a loop in it, or in a function that it calls, ever end?"
            )
        except DeadKernelError:
            where = _where(notebook.cells[reached[-1]], reached[-1] + 1)
            found.problems.append(f"the kernel died in {where}: it crashes Python or takes too much memory")
        found.seconds = time.monotonic() - started
    _tell_slow(found)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            _count(cell, number, found)
    return found


def _execute(running: Coroutine[Any, Any, Any]) -> None:
    """Wait for a client's run in a thread of its own, and end it, with its kernel, at an interrupt.

    In this thread nbclient would take an interrupt for the death of its kernel, or leave that running.
    """
    from concurrent.futures import ThreadPoolExecutor, wait  # which a browser lacks

    loop = asyncio.new_event_loop()
    task = loop.create_task(running)

    async def waited() -> None:
        await task

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(waited())

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(run)
        try:
            while not ended.done():
                wait([ended], timeout=1)  # Windows hears an interrupt between two waits alone
        except KeyboardInterrupt:
            loop.call_soon_threadsafe(task.cancel)
            raise
    ended.result()


def _runnable(notebook: dict[str, Any]) -> dict[str, Any]:
    """Put right what is neither text nor code: editors write strange things there, and grading does not look at it."""
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = {}
    notebook["nbformat_minor"] = 5
    for number, cell in enumerate(notebook["cells"]):
        cell |= {"id": f"cell-{number}", "source": text_of(cell) or ""}
        if not isinstance(cell.get("metadata"), dict):
            cell["metadata"] = {}
        if cell.get("cell_type") == "code":
            cell["outputs"] = []  # the run makes them
    return notebook


def in_this_kernel(cells: list[Any]) -> WholeRun:
    """Run the code cells in the running kernel with none of its names, so that a name defined out of order is missed.

    Parameters
    ----------
    cells : of a notebook as JSON has it

    Notes
    -----
    It is less than a new kernel: files, modules and settings that were changed by hand stay changed.
    """
    from IPython.utils.capture import capture_output

    import classroom
    from classroom.check import Check

    shell, found, check = running_shell(), WholeRun(), Check()
    # Its own name in the package: the notebook's first cell says `from classroom import check`.
    namespace: dict[str, Any] = {"__name__": "__main__"}
    usual, classroom.check = classroom.check, check
    started = time.monotonic()
    try:
        with _named(UNDER_WAY), _listeners_kept(shell), capture_output():
            for number, cell in enumerate(cells, start=1):
                if cell.get("cell_type") == "code":
                    _run_cell(shell, cell, number, namespace, found)
    finally:
        classroom.check = usual
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")  # else this cell shows what those cells have drawn
    found.seconds = time.monotonic() - started
    found.shown = check.points()
    _tell_slow(found)
    return found


def _run_cell(shell: Any, cell: Any, number: int, namespace: dict[str, Any], found: WholeRun) -> None:
    name = f"<cell {number}>"
    source = shell.transform_cell(source_of(cell))
    began = time.monotonic()
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec"), namespace)
    except (Exception, SystemExit) as error:
        said = (str(error).splitlines() or [""])[0]
        found.problems.append(f"{_where(cell, number)} stops with {type(error).__name__}: {said}")
    _tell_long(cell, number, time.monotonic() - began, found)


@contextlib.contextmanager
def _named(variable: str) -> Iterator[None]:
    os.environ[variable] = "1"
    try:
        yield
    finally:
        del os.environ[variable]


@contextlib.contextmanager
def _listeners_kept(shell: Any) -> Iterator[None]:
    """Leave the shell with the listeners that it had: a check that is opened inside adds its own."""
    before = {event: list(listeners) for event, listeners in shell.events.callbacks.items()}
    try:
        yield
    finally:
        shell.events.callbacks.update(before)


def _where(cell: Any, number: int) -> str:
    if noted(cell).get("grade"):
        return f"the check cell {noted(cell)['grade_id']}"
    return f"cell {number}"


def _count(cell: Any, number: int, found: WholeRun) -> None:
    marks = noted(cell)
    for output in cell.outputs:
        if output.output_type == "error":
            said = (str(output.evalue).splitlines() or [""])[0]
            found.problems.append(f"{_where(cell, number)} stops with {output.ename}: {said}")
        elif marks.get("grade") and output.output_type == "execute_result":
            try:
                found.shown[marks["grade_id"]] = float(output.data.get("text/plain", ""))
            except ValueError:
                found.notes.append(f"the check cell {marks['grade_id']} shows no number of points")


def _tell_long(cell: Any, number: int, seconds: float, found: WholeRun) -> None:
    """Note a cell that grading would end, or nearly; checks have limits of their own, and a browser is slow."""
    if seconds <= _NEAR or IN_BROWSER or noted(cell).get("locked") or noted(cell).get("grade"):
        return
    found.notes.append(
        f"cell {number} computes for {seconds:.0f} s; grading ends a cell after {GRADED_SECONDS:g} s, and what it "
        "defines is then missing: make it smaller, or delete it"
    )


def _tell_slow(found: WholeRun) -> None:
    if found.seconds > SLOW:
        found.notes.append(f"it takes {found.seconds:.0f} s: a loop over entries where numpy could work on arrays?")
