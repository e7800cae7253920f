"""`check.preflight()`, `check.repair()`, `check.submit()`: what the commands do, inside a notebook, without a terminal.

In JupyterLab, VS Code and the browser the notebook is a file beside the kernel, as it was last saved.  Colab keeps it
elsewhere and gives it when it is asked.
"""

import ast
import contextlib
import html
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classroom import preflight as looking
from classroom.atomic_write import write_whole
from classroom.call.clock import IN_BROWSER
from classroom.call.script import statements_of, written_anew
from classroom.display import display_bundle, running_shell
from classroom.fault import Fault, refusal
from classroom.notebook_file import read_notebook, source_of
from classroom.repair import repair as mend
from classroom.waiting import waiting
from classroom.whole_run import can_start_a_kernel, in_this_kernel, under_way

FOLDER = "hand-in"
_DRIVE = Path("/drive")  # where JupyterLite's kernel has the files of the page
# The page that is open shows the file as it was, and would save that.
_SEEN = (
    "  This page does not show it yet: choose File, Reload Notebook from Disk; if it asks, Revert (not Overwrite).",
    "  In VS Code: Revert File.  In Colab: File, Upload notebook, and there the file that was downloaded.",
)


@contextlib.contextmanager
def _refusals_told() -> Iterator[None]:
    """Make a sentence of an interrupt, and of what the system refuses, such as writing on a full disk."""
    try:
        yield
    except KeyboardInterrupt:
        raise Fault("you interrupted this before it had ended, and no file is half written: run it again") from None
    except OSError as error:
        raise Fault(f"{refusal(error)}; your notebook is as you saved it, and can be handed in by itself") from None


@_refusals_told()
def preflight(notebook: Path) -> None:
    """Show what was found in the notebook that is open.

    Parameters
    ----------
    notebook : where it lies if it kept its name
    """
    if not under_way():
        _show(_look(notebook).to_text())


@_refusals_told()
def submit(notebook: Path, *, anyway: bool = False) -> None:
    """Write the file to hand in and its receipt into the folder `hand-in` beside the notebook, and show where it is.

    Parameters
    ----------
    notebook : where it lies if it kept its name
    anyway : write it also when it is not ready

    Raises
    ------
    Fault
        If the notebook is not ready, cannot be found or cannot be written; nothing is written then.
    """
    if under_way():
        return
    found = _look(notebook)
    if found.problems:
        _show(found.to_text())
    found, written = looking.write_hand_in(found, found.notebook.parent / FOLDER, anyway=anyway)
    _show(f"{found.receipt()}hand in   {_as_seen(written)}", written)
    if "google.colab" in sys.modules:
        sys.modules["google.colab"].files.download(str(written))


@_refusals_told()
def repair(notebook: Path) -> None:
    """Put cells of the notebook that is open back as they were released, keep all answers, and say how to see it.

    Parameters
    ----------
    notebook : where it lies if it kept its name

    Raises
    ------
    Fault
        If the notebook is not saved as it stands, cannot be found, read or written; the file is then as it was.
    """
    if under_way():
        return
    path = _own_file(notebook)
    if changed := _not_saved(read_notebook(path)["cells"]):
        raise Fault(f"{changed}: save the notebook (Ctrl+S), then run this again")
    done = mend(path)
    _show("\n".join([done.to_text(), *(_SEEN if done.backup is not None else ())]))
    if done.backup is not None and "google.colab" in sys.modules:
        sys.modules["google.colab"].files.download(str(path))


def _look(notebook: Path) -> looking.Preflight:
    """Look at the notebook and run it, as far as that can be done here."""
    path = _own_file(notebook)
    if changed := _not_saved(read_notebook(path)["cells"]):
        # The file is not what the student means: running it would take a while, and tell of something else.
        found = looking.preflight(path, run=False)
        found.problems.insert(0, f"{changed}: save the notebook (Ctrl+S), then run this again")
        return found
    if can_start_a_kernel():
        return looking.preflight(path)
    if running_shell() is None:
        found = looking.preflight(path, run=False)
        found.notes.append(
            "it was not run: nothing here runs notebooks (that takes IPython, or nbclient and ipykernel)"
        )
        return found
    with waiting(path.name):  # outside of the run, which keeps what is shown to itself
        found = looking.preflight(path, run=in_this_kernel)
    found.notes.append(
        "no new kernel can be started here: it was run from top to bottom in this one, without its names"
    )
    return found


def _own_file(notebook: Path) -> Path:
    """Find the file of the notebook that is open, which must bear the name of its assignment."""
    if "google.colab" in sys.modules:
        write_whole(notebook, _from_colab())
        return notebook
    told = _in_vs_code() or os.environ.get("JPY_SESSION_NAME")  # Jupyter's servers
    name = Path(str(told).replace("\\", "/")).name if told else ""
    if name.endswith(".ipynb") and name != notebook.name:
        raise Fault(
            f"this notebook is called {name}: rename it to {notebook.name} (close another of that name first), "
            "for what is handed in goes by its name"
        )
    if not notebook.is_file():
        raise Fault(
            f"{notebook.name} is not in {_as_seen(notebook.parent)}: save the notebook there under that name, and run "
            "this again"
        )
    return notebook


def _in_vs_code() -> str:
    """Return where VS Code says that the open notebook lies; "" elsewhere."""
    shell = running_shell()
    return str(shell.user_ns.get("__vsc_ipynb_file__") or "") if shell else ""


def _as_seen(path: Path) -> Path:
    """Return a path as the reader sees it: a browser's files lie below a folder of the kernel's own."""
    return path.relative_to(_DRIVE) if IN_BROWSER and path.is_relative_to(_DRIVE) else path


def _from_colab() -> bytes:
    """Ask Colab's page for the notebook as it stands, saved or not."""
    from google.colab import _message  # type: ignore[import-not-found]  # only there

    try:
        answer = _message.blocking_request("get_ipynb", request="", timeout_sec=60)
    except Exception:  # of a kind that only Colab has: its page is gone, or does not answer
        answer = None
    if not isinstance(answer, dict) or "cells" not in answer.get("ipynb", {}):
        raise Fault("Colab did not give the notebook: choose File, Download .ipynb, and hand in that file")
    return json.dumps(answer["ipynb"], ensure_ascii=False, indent=1).encode()


def _not_saved(cells: list[Any]) -> str:
    """Say what was run in this kernel and stands otherwise in the file; "" when nothing does.

    The cell that runs now has to be in the file, and of each function the source that was run last.  The file of a
    notebook that was run and not saved is an older one, and whoever hands it in loses an evening's work.
    """
    shell = running_shell()
    ran: list[str] = list(shell.user_ns.get("In", [])) if shell and "google.colab" not in sys.modules else []
    saved = [shell.transform_cell(source_of(cell)) for cell in cells if cell.get("cell_type") == "code" and ran]
    if ran and ran[-1].strip() not in {source.strip() for source in saved}:
        return "this cell is not in the saved file"
    here = {name: source for text in saved for name, source in _defined(text).items()}
    last = {name: source for text in ran for name, source in _defined(text).items()}
    changed = [name for name, source in last.items() if here.get(name, source) != source]
    return f"{changed[0]} was run as it does not stand in the saved file" if changed else ""


def _defined(source: str) -> dict[str, str]:
    """Return the functions that a cell defines, each with its source as the parser sees it, comments aside."""
    functions = (node for node in statements_of(source) if isinstance(node, ast.FunctionDef))
    return {node.name: text for node in functions if (text := written_anew(node)) is not None}


def _show(text: str, written: Path | None = None) -> None:
    """Display a text as it is in a terminal, with links to the file and its receipt where a page can show them."""
    markup = f"<pre>{html.escape(text)}</pre>"
    if written is not None and "google.colab" not in sys.modules:
        names = (written.name, written.with_suffix(".receipt.txt").name)
        links = (f'<a href="{FOLDER}/{name}" download="{name}">{name}</a>' for name in map(html.escape, names))
        markup += f"<div>download  {' · '.join(links)}</div>"
        if _in_vs_code():  # its page may not follow the links
            markup += f"<div>the file is at <code>{html.escape(str(written.resolve()))}</code></div>"
    display_bundle({"text/plain": text, "text/html": markup}, {})
