"""The part of the grader that runs inside the sandbox: a bare shell for cells, and the calls that checks ask for.

Student code may change anything here; the other side of the wire trusts nothing that it says.
"""

import ast
import contextlib
import io
import random
import re
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from typing import Any

import numpy as np
import wire
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config

from classroom.call.caller import Run, execute
from classroom.call.failed_cells import CellFailure, FailedCells
from classroom.call.script import Call, parse

# What one cell may show.  The other side has its own, final limits.
TEXT_CHARS = 60_000
OUTPUTS = 200
FIGURES = 12
PIXELS = 2_000_000


class Outputs:
    """Collects what the running cell shows, within limits."""

    def __init__(self) -> None:
        self.begin(wanted=False)

    def begin(self, *, wanted: bool) -> None:
        """Forget everything; collect from now on if wanted."""
        self.wanted = wanted
        self.items: list[dict[str, Any]] = []
        self.left = TEXT_CHARS

    def text(self, kind: str, name: str, text: str) -> None:
        """Add text, unless the cell has used up its share."""
        if not self.wanted or not text or self.left <= 0 or len(self.items) >= OUTPUTS:
            return
        if len(text) > self.left:
            text = text[: self.left] + "\n[output cut here]"
        self.left -= len(text)
        last = self.items[-1] if self.items else None
        if kind == "stream" and last is not None and last["kind"] == kind and last["name"] == name:
            last["text"] += text
        else:
            self.items.append({"kind": kind, "name": name, "text": text})

    def picture(self, pixels: np.ndarray) -> None:
        """Add a figure as an array of pixels (height, width, 4)."""
        if self.wanted and sum(item["kind"] == "picture" for item in self.items) < FIGURES:
            self.items.append({"kind": "picture", "name": "", "text": "", "pixels": pixels})


OUTPUT = Outputs()


class Tap(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self.tap_name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        OUTPUT.text("stream", self.tap_name, str(text))
        return len(text)


class Publisher(DisplayPublisher):
    """Keeps the plain text of what a cell displays; markup of a student never reaches a staff page."""

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        OUTPUT.text("display", "", str(data.get("text/plain", "")))

    def clear_output(self, wait: bool = False) -> None:
        OUTPUT.items.clear()


class Hook(DisplayHook):
    """Keeps the plain text of a cell's last value."""

    def write_output_prompt(self) -> None:
        """Show no prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        OUTPUT.text("result", "", str(format_dict.get("text/plain", "")))

    def finish_displayhook(self) -> None:
        """End no line: there is no terminal."""


# What IPython cleans though it may be Python: space before the first line, lines of nothing else, and prompts.
UNCLEAN = re.compile(r"\A\s|^[ \t]+$|^\s*(\.\.\.|>>>|In *\[|Out *\[)", re.MULTILINE)


class Words(TransformerManager):
    """IPython's own words, such as `%magic` and `!command`, looked for only in lines that are no Python as they are."""

    def transform_cell(self, cell: str) -> str:
        """Return the Python of a cell: itself, where nothing in it is IPython's."""
        if UNCLEAN.search(cell) is None and _is_python(cell):
            return cell if cell.endswith("\n") else cell + "\n"
        return str(super().transform_cell(cell))

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        return lines if _is_python("".join(lines)) else list(super().do_token_transforms(lines))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


class Shell(InteractiveShell):
    """IPython without history, colours or a terminal, with plain tracebacks (rich ones take a third of a second)."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    input_transformer_manager = Instance(Words, ())

    def init_history(self) -> None:
        super().init_history()
        if self.history_manager is not None:
            self.history_manager.enabled = False

    def enable_gui(self, gui: str | None = None) -> None:
        """Ignore event loops of graphical interfaces."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Keep the backend that collects figures, whatever `%matplotlib` asks for."""
        return "agg", "agg"

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        kind, value, trace = exc_tuple if exc_tuple is not None else sys.exc_info()
        if kind is None or value is None:
            return
        # The frames above the cell are IPython's.
        while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<ipython-input"):
            trace = trace.tb_next
        report = traceback.TracebackException(kind, value, trace, limit=-12, compact=True)
        OUTPUT.text("error", kind.__name__, "".join(report.format()))

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        kind, value, _trace = sys.exc_info()
        if kind is None:
            return
        OUTPUT.text("error", kind.__name__, "".join(traceback.format_exception_only(kind, value)))


def warm_shell(modules: list[str], *, figures: bool = False) -> Shell:
    """Import what submissions import and make the shell, once for all children; with figures, draw one."""
    import importlib

    if any(name.startswith("matplotlib") for name in modules):
        _find_fonts()
    # numpy loads its parts when they are first asked for: here, once, not in every child.
    # The first cell of every notebook asks for the others.
    for name in ("numpy.random", "numpy.linalg", "numpy.fft", "glob", "importlib.metadata", "shutil", *modules):
        importlib.import_module(name)
    np.random.seed(0)
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoawait = False
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    if shell.display_formatter is not None:
        shell.display_formatter.active_types = ["text/plain"]
    if "matplotlib.pyplot" in sys.modules:
        _collect_figures()
        if figures:
            _draw_first()
    sys.stdout, sys.stderr = Tap("stdout"), Tap("stderr")
    # The first cell pays for imports and caches that all later ones share.
    OUTPUT.begin(wanted=True)
    shell.run_cell("import warnings\ndef warm(x):\n    return x\nprint(warm(1))\nwarm([1.0])", store_history=False)
    shell.run_cell("1 / 0", store_history=False)
    shell.reset(new_session=False)
    OUTPUT.begin(wanted=False)
    return shell


def _find_fonts() -> None:
    """Let matplotlib list its fonts without those of PostScript: pixels have none of them, and they take longest."""
    import importlib

    def refuse(file: Any) -> None:
        raise OSError("not looked at")

    postscript: Any = importlib.import_module("matplotlib._afm")
    read, postscript.AFM = postscript.AFM, refuse
    try:
        importlib.import_module("matplotlib.font_manager")  # looks at all of them
    finally:
        postscript.AFM = read


def run_prelude(shell: Shell, cells: list[str]) -> int:
    """Run staff's first cells for all children and return how many; none if one of them shows something or fails."""
    OUTPUT.begin(wanted=True)
    for source in cells:
        shell.run_cell(source, store_history=False)
    silent = not OUTPUT.items
    if not silent:
        shell.reset(new_session=False)
    OUTPUT.begin(wanted=False)
    return len(cells) if silent else 0


def _collect_figures() -> None:
    """Let `plt.show` collect the open figures instead of warning that there is no screen."""
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    pyplot.show = _show
    figures = sys.modules.get("classroom.figure")
    if figures is not None:
        vars(figures)["to_png"] = _take_figure


def _draw_first() -> None:
    """Draw a figure with most of what figures have: fonts are found and the grammar of formulas is built once."""
    from matplotlib import pyplot

    drawn, axes = pyplot.subplots(1, 2, layout="constrained")
    axes[0].plot([0, 1], [1, 2], marker="o", label="$x^2$")
    axes[0].legend()
    axes[1].semilogy([1, 10, 1000], [1, 10, 1000])
    axes[1].imshow([[0, 1], [1, 0]])
    axes[1].set(title="title", xlabel="x", ylabel="y")
    drawn.canvas.draw()
    pyplot.close(drawn)


def _show(*_: Any, **__: Any) -> None:
    """Take the open figures: their pixels when they are wanted, else a placeholder."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        if not SHOW_FIGURES[0]:
            OUTPUT.text("display", "", "[figure]")
        else:
            _take_figure(pyplot.figure(number))
    pyplot.close("all")


def _take_figure(figure: Any) -> tuple[bytes, int, int]:
    """Keep the pixels of a figure if they are wanted; replaces `classroom.figure.to_png`, which makes a file."""
    if SHOW_FIGURES[0] and OUTPUT.wanted:
        # Whoever has a figure has imported this; a zygote for an exam without any starts in half the time.
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        canvas = FigureCanvasAgg(figure)
        width, height = canvas.get_width_height()
        if width * height > PIXELS:
            OUTPUT.text("display", "", "[a figure of more than 2 million pixels is not shown]")
        else:
            with _ticks_placed_once():
                canvas.draw()
            OUTPUT.picture(np.array(canvas.buffer_rgba()))
    return b"", 0, 0


@contextlib.contextmanager
def _ticks_placed_once() -> Iterator[None]:
    """Let each axis place its ticks once for each of its sizes while a figure is drawn: a layout asks many times."""
    import matplotlib.axis

    every: Any = matplotlib.axis.Axis
    place = every._update_ticks
    known: dict[Any, tuple[tuple[float, ...], list[Any], list[tuple[Any, Any]]]] = {}

    def update(axis: Any) -> list[Any]:
        if axis.axes.name == "3d":
            return list(place(axis))
        size = (*axis.get_view_interval(), *axis.axes.bbox.bounds)
        if axis not in known or known[axis][0] != size:
            ticks = place(axis)
            written = [(one, one.locs) for one in (axis.major.formatter, axis.minor.formatter)]
            known[axis] = size, ticks, written
        _, ticks, written = known[axis]
        for formatter, places in written:  # axes that share a scale share it
            if formatter.locs is not places:
                formatter.set_locs(places)
        return list(ticks)

    every._update_ticks = update
    try:
        yield
    finally:
        every._update_ticks = place


SHOW_FIGURES = [False]
# For each check that was reached, the names of the notebook and the cells that had failed.
MARKS: dict[int, tuple[dict[str, Any], FailedCells]] = {}
FAILED = FailedCells()


Case = tuple[Sequence[Call], dict[str, Any], list[str], bool]
"""The calls, the inputs, the outputs that are asked for, and whether the inputs have to come back."""
# By the names of their exercises, the cases that the zygote has read for all rooms.
KNOWN: dict[str, list[Case]] = {}


def know(packed: bytes) -> None:
    """Read the cases that any student may see, once for all rooms."""
    KNOWN.update((name, _cases(cases)) for name, cases in wire.unpack(np.frombuffer(packed, np.uint8)).items())


def _cases(packed: np.ndarray) -> list[Case]:
    return [(parse(calls), inputs, outputs, back) for calls, inputs, outputs, back in wire.unpack(packed)]


def serve(channel: socket.socket, shell: Shell, seed: int) -> None:
    """Answer requests until killed: run a cell, or make the calls of cases."""
    np.random.seed(seed)
    random.seed(seed)
    work = {"cell": _run_cell, "left_out": _leave_out, "mark": _mark, "cases": _run_cases, "modules": _deliver}
    while True:
        request = wire.receive(channel, wire.FOREVER, alive=True)
        number = {"number": request["number"]}
        answer = work[request["do"]](shell, request) | number
        try:
            wire.send(channel, answer, wire.FOREVER, request.get("most", wire.BODY_BYTES))
        except wire.NotPlain as error:  # more than a frame holds
            wire.send(channel, {"runs": [], "told": [], "unfit": str(error)} | number, wire.FOREVER)


class Delivered(InspectLoader, MetaPathFinder):
    """Finds modules that came over the wire; they come last, so that they take no other module's place."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find a module that was delivered."""
        return spec_from_loader(name, self) if name in self._sources else None

    def get_source(self, fullname: str) -> str:
        """Return its text."""
        return self._sources[fullname]


def _deliver(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    """Take the modules beside the notebook that this room may have, before any of its cells is run."""
    sys.meta_path.append(Delivered(request["sources"]))
    return {"ok": True}


def _run_cell(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    OUTPUT.begin(wanted=request["outputs"])
    SHOW_FIGURES[0] = request["figures"]
    result = shell.run_cell(request["source"], store_history=False)
    # What drawing a figure raises is the cell's own trouble, told like any other.
    try:
        _show()
    except Exception:
        shell.showtraceback()
    items, OUTPUT.wanted = OUTPUT.items, False
    error = result.error_before_exec or result.error_in_exec
    FAILED.ran(request["source"], CellFailure.of(request["source"], error) if error is not None else None)
    return {"outputs": items, "ok": bool(result.success)}


def _leave_out(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    """Take note of a cell that ended an earlier child, and that is not run again."""
    FAILED.ran(request["source"], CellFailure("", request["reason"]))
    return {"ok": True}


def _mark(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    """Remember the names that the notebook has now, and the cells that have failed."""
    MARKS.setdefault(request["mark"], (dict(shell.user_ns), FAILED.copy()))
    return {"ok": True}


def _run_cases(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    """Make the calls of cases with the names that the notebook had when their mark was first named.

    What is told of a case besides its values is the exception: what it has changed, its error, and its inputs.
    """
    OUTPUT.begin(wanted=False)
    mark = request["mark"]
    if mark in MARKS:
        shell.user_ns.clear()
        shell.user_ns.update(MARKS[mark][0])
    else:
        _mark(shell, request)
    failed = MARKS[mark][1]
    runs, told = [], []
    for place, case in enumerate(_asked(request)):
        run, error = _run_calls(shell, failed, *case)
        runs.append(list(run.values.values()) if error is None else run.values)
        if error is not None or run.changed or run.inputs:
            told.append((place, list(run.changed), error, run.inputs))
    return {"runs": runs, "told": told, "unfit": ""}


def _asked(request: dict[str, Any]) -> list[Case]:
    if "known" in request:
        known = KNOWN[request["known"]]
        return [known[place] for place in request["places"]]
    return _cases(request["packed"])


def _run_calls(
    shell: Shell, failed: FailedCells, calls: Sequence[Call], inputs: dict[str, Any], outputs: list[str], back: bool
) -> tuple[Run, list[Any] | None]:
    try:
        run = execute(calls, inputs, outputs, shell.user_ns, back=back)
    except BaseException as error:  # SystemExit and the like from student code
        return Run(), ["crashed", "", type(error).__name__, str(error)[:400], "", 0]
    if (stop := failed.explain(run.error)) is None:
        return run, None
    return run, [stop.kind, stop.call, stop.name, stop.message, stop.line, stop.lineno]


with contextlib.suppress(ValueError):
    # Recursion of student code must meet Python's limit before it meets the end of the C stack.
    sys.setrecursionlimit(3000)
