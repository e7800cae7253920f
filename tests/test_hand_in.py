"""Handing in from inside a notebook: the file that is open is found, looked at, run as far as can be, and written."""

import datetime as dt
import hashlib
import json
import sys
import types
from pathlib import Path

import pytest
from bugs import LINEAR, RELU
from IPython.core.interactiveshell import InteractiveShell

from classroom import hand_in, preflight, waiting, whole_run
from classroom.check import check
from classroom.fault import Fault
from classroom.preflight import Preflight, checksum
from classroom.staff.declare.exercise import Assignment, answer_sheet
from classroom.staff.sandbox.silent_check import SilentCheck

FIRST = 'import numpy as np\n\nfrom classroom import check\n\ncheck.open("small")'
RIGHT = "def relu_forward(x):\n    return np.maximum(x, 0), x\n\n\ndef relu_backward(grad_y, cache):\n"
RIGHT += "    return grad_y * (cache > 0)"
LAST = 'check("relu_backward", relu_backward)'
OPEN = "def linear_forward(x, weight, bias):\n    raise NotImplementedError"
OPEN += "\n\n\ndef linear_backward(grad_y, cache):\n    raise NotImplementedError"


def cell(source, grade_id="", *, grade=False, locked=False):
    noted = {"grade_id": grade_id, "grade": grade, "locked": locked, "solution": not locked, "points": 4}
    made = {"cell_type": "code", "source": source, "metadata": {"nbgrader": noted} if grade_id else {}}
    made |= {"id": f"cell-{hash(source) % 10**8}", "outputs": [], "execution_count": None}
    if locked:
        noted["checksum"] = checksum(made)
    return made


def cells():
    linear = cell('check("linear_backward", linear_backward)', "linear_backward", grade=True, locked=True)
    return [
        cell(FIRST, "setup", locked=True),
        cell(RIGHT, "answer-relu"),
        cell(LAST, "relu_backward", grade=True, locked=True),
        cell(OPEN, "answer-linear"),
        linear,
    ]


def write(path, content):
    notebook = {"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A notebook that lies where its kernel runs, and that kernel's shell, in which its cells were run."""
    sheet = answer_sheet(Assignment("small", "Small", [RELU, LINEAR]))
    sheet.notebook = json.dumps(
        {"cells": [cell(OPEN, "answer-relu") if one["source"] == RIGHT else one for one in cells()]}
    )
    sheet.save(tmp_path / "small.npz")
    write(tmp_path / "small.ipynb", cells())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hand_in, "can_start_a_kernel", lambda: False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    kept = sys.displayhook, sys.excepthook
    shell = InteractiveShell.instance()
    for one in cells():
        shell.run_cell(one["source"], store_history=True)
    yield tmp_path / "small.ipynb"
    InteractiveShell.clear_instance()
    sys.displayhook, sys.excepthook = kept


def test_submit_writes_the_file_and_a_receipt_with_each_exercises_points(notebook, capsys):
    check.submit()
    shown = capsys.readouterr().out
    written = notebook.parent / "hand-in" / "small.ipynb"
    assert written.read_bytes() == notebook.read_bytes()
    receipt = written.with_suffix(".receipt.txt").read_text(encoding="utf-8")
    assert hashlib.sha256(written.read_bytes()).hexdigest() in receipt
    assert "  relu_backward    4 of 4\n  linear_backward  0 of 6\n" in receipt and "Nothing has been sent" in receipt
    assert receipt in shown and str(written) in shown


@pytest.mark.parametrize("vs_code", [True, False])
def test_in_vs_code_the_page_says_where_the_file_lies_for_it_may_follow_no_link(notebook, monkeypatch, vs_code):
    pages = []
    monkeypatch.setattr(hand_in, "display_bundle", lambda bundle, _: pages.append(bundle["text/html"]))
    if vs_code:
        InteractiveShell.instance().user_ns["__vsc_ipynb_file__"] = str(notebook)
    check.submit()
    written = notebook.parent / "hand-in" / "small.ipynb"
    assert 'download="small.ipynb"' in pages[-1]
    assert (f"the file is at <code>{written}</code>" in pages[-1]) == vs_code
    assert ("the file is at" in pages[-1]) == vs_code


def test_a_folder_that_cannot_be_made_is_one_sentence(notebook):
    (notebook.parent / "hand-in").write_text("a file, where the folder should be")
    with pytest.raises(Fault, match=r"hand-in: .*; your notebook is as you saved it") as told:
        check.submit()
    assert str(told.value).count("\n") == 0


def pressed(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("call", [check.preflight, check.submit])
def test_an_interrupt_is_one_line(notebook, call):
    write(notebook, [*cells(), cell("raise KeyboardInterrupt")])
    before = notebook.read_bytes()
    with pytest.raises(Fault, match=r"^you interrupted this before it had ended, and no file is half written: run it"):
        call()
    assert notebook.read_bytes() == before and not (notebook.parent / "hand-in").exists()
    assert not whole_run.under_way()


@pytest.mark.parametrize("call", [check.preflight, check.submit])
def test_an_interrupt_of_a_run_in_a_new_kernel_is_one_line(notebook, monkeypatch, call):
    monkeypatch.setattr(hand_in, "can_start_a_kernel", lambda: True)
    monkeypatch.setattr(preflight, "in_new_kernel", pressed)
    with pytest.raises(Fault, match=r"^you interrupted this before it had ended"):
        call()
    assert not (notebook.parent / "hand-in").exists()


def test_where_nothing_stops_a_cell_that_never_ends_the_run_says_how_to_do_so_by_hand(notebook, monkeypatch):
    published = []
    monkeypatch.setattr(waiting, "can_limit", lambda: False)
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell.display_pub, "publish", lambda data, **_: published.append(data["text/plain"]))
    usual = hand_in.in_this_kernel

    def run(given):
        (line,) = published
        assert line.startswith("small.ipynb is being checked. Nothing here stops a loop")
        return usual(given)

    monkeypatch.setattr(hand_in, "in_this_kernel", run)
    check.preflight()
    assert published[1] == ""  # and then what was found


def test_preflight_says_that_no_new_kernel_can_be_started_and_runs_it_all_the_same(notebook, capsys):
    check.preflight()
    shown = capsys.readouterr().out
    assert "small.ipynb: can be handed in, with 1 of 2 exercises open" in shown
    assert "no new kernel can be started here" in shown
    assert "4 of 10" in shown and "Nothing has been sent" in shown
    assert not (notebook.parent / "hand-in").exists()


def test_a_name_that_only_the_running_kernel_knows_is_missed(notebook, capsys):
    changed = cells()
    changed.insert(1, cell("scale = half / 2"))
    write(notebook, changed)
    InteractiveShell.instance().run_cell("half = 0.5")
    with pytest.raises(
        Fault, match=r"not ready: cell 2 stops with NameError: name 'half'.*check\.submit\(anyway=True\)"
    ):
        check.submit()
    assert not (notebook.parent / "hand-in").exists()
    check.submit(anyway=True)
    assert (notebook.parent / "hand-in" / "small.ipynb").exists()


def broken():
    """The notebook with an answer, a check cell that is gone, and another that was changed."""
    changed = cells()
    changed[2]["source"] = "4.0"
    return changed[:-1]


def test_repair_puts_cells_back_and_keeps_answers_and_the_old_file(notebook, capsys):
    changed = [*broken(), cell("check.repair()")]
    write(notebook, changed)
    before = notebook.read_bytes()
    result = InteractiveShell.instance().run_cell("check.repair()", store_history=True)
    shown = capsys.readouterr().out
    assert (
        result.success and "small.ipynb: repaired" in shown and "linear_backward: it was missing and is back" in shown
    )
    assert "File, Reload Notebook from Disk; if it asks, Revert (not Overwrite)" in shown
    mended = json.loads(notebook.read_bytes())["cells"]
    assert {RIGHT, LAST, OPEN, "check.repair()"} <= {one["source"] for one in mended}
    assert notebook.with_name("small.before-repair.ipynb").read_bytes() == before
    check.repair()
    assert capsys.readouterr().out == "small.ipynb: nothing to repair, all cells are in place\n"


def test_a_notebook_that_is_not_saved_is_not_repaired(notebook):
    write(notebook, broken())
    before = notebook.read_bytes()
    result = InteractiveShell.instance().run_cell("check.repair()", store_history=True)
    assert "this cell is not in the saved file: save the notebook (Ctrl+S), then run this" in str(result.error_in_exec)
    assert notebook.read_bytes() == before and not list(notebook.parent.glob("*before*"))


def test_what_refuses_to_hand_in_refuses_to_repair(notebook, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "work/small-Copy1.ipynb")
    with pytest.raises(Fault, match=r"this notebook is called small-Copy1\.ipynb: rename it to small\.ipynb"):
        check.repair()


def test_messages_inside_a_notebook_name_what_can_be_called_there(notebook, capsys):
    write(notebook, broken())
    check.preflight()
    shown = capsys.readouterr().out
    assert "relu_backward was changed, and grading uses the original: check.repair() puts it back" in shown
    assert "linear_backward is missing: check.repair() puts it back" in shown and "classroom repair" not in shown
    with pytest.raises(Fault, match=r"hand it in as it is with check\.submit\(anyway=True\)$"):
        check.submit()


def test_a_notebook_that_repairs_itself_does_so_once(notebook, capsys):
    write(notebook, [*broken(), cell("check.repair()")])
    check.preflight()
    assert not list(notebook.parent.glob("*before*"))


def test_in_a_browser_files_are_told_as_the_page_shows_them(notebook, monkeypatch, capsys):
    monkeypatch.setattr(hand_in, "IN_BROWSER", True)
    monkeypatch.setattr(hand_in, "_DRIVE", notebook.parents[1])
    check.submit()
    assert f"hand in   {notebook.parent.name}/hand-in/small.ipynb\n" in capsys.readouterr().out
    notebook.unlink()
    with pytest.raises(Fault, match=rf"small\.ipynb is not in {notebook.parent.name}: save"):
        check.submit()


def test_in_plain_python_the_cells_are_looked_at_and_nothing_is_run(notebook, monkeypatch, capsys):
    monkeypatch.setattr(hand_in, "running_shell", lambda: None)
    check.submit()
    shown = capsys.readouterr().out
    assert "checks    2 in place\n" in shown and "Nothing has been sent" in shown
    check.preflight()
    assert "it was not run: nothing here runs notebooks" in capsys.readouterr().out


def test_a_notebook_that_is_not_saved_is_not_run(notebook, monkeypatch, capsys):
    monkeypatch.setattr(hand_in, "in_this_kernel", lambda cells: pytest.fail("it was run"))
    InteractiveShell.instance().run_cell("check.preflight()", store_history=True)
    assert "✗ this cell is not in the saved file: save the notebook (Ctrl+S)" in capsys.readouterr().out


def test_what_was_run_and_not_saved_is_told(notebook):
    shell = InteractiveShell.instance()
    shell.run_cell(RIGHT.replace("> 0", ">= 0"), store_history=True)
    shell.run_cell(LAST, store_history=True)
    with pytest.raises(Fault, match=r"relu_backward was run as it does not stand in the saved file: save the notebook"):
        check.submit()


def test_a_comment_or_an_older_version_of_a_cell_is_not_taken_for_unsaved_work(notebook):
    shell = InteractiveShell.instance()
    shell.run_cell(RIGHT.replace("> 0", ">= 0"), store_history=True)
    shell.run_cell(f"# tidy\n{RIGHT}", store_history=True)
    shell.run_cell(LAST, store_history=True)
    check.submit()


def test_a_notebook_that_was_not_saved_since_this_cell_was_written_is_told(notebook):
    result = InteractiveShell.instance().run_cell("check.submit()", store_history=True)
    assert isinstance(result.error_in_exec, Fault)
    assert "this cell is not in the saved file: save the notebook (Ctrl+S), then run" in str(result.error_in_exec)
    write(notebook, [*cells(), cell("check.submit()")])
    assert InteractiveShell.instance().run_cell("check.submit()", store_history=True).success


def test_the_running_notebook_keeps_its_names_its_check_and_its_listeners(notebook):
    shell = InteractiveShell.instance()
    before = {event: list(listeners) for event, listeners in shell.events.callbacks.items()}
    check.preflight()
    assert shell.user_ns["check"] is check and set(check.points()) == {"relu_backward", "linear_backward"}
    assert shell.events.callbacks == before and not whole_run.under_way()


def test_a_notebook_that_hands_itself_in_does_so_once(notebook, capsys):
    write(notebook, [*cells(), cell("check.submit()")])
    check.submit()
    assert capsys.readouterr().out.count("sha256") == 2  # the receipt's own line, and the sentence that explains it


@pytest.mark.slow
def test_where_a_kernel_can_be_started_a_copy_is_run_in_a_new_one(notebook, monkeypatch, capsys):
    write(notebook, [*cells(), cell("check.submit()")])
    monkeypatch.setattr(hand_in, "can_start_a_kernel", lambda: True)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    check.submit()
    shown = capsys.readouterr().out
    assert "no new kernel" not in shown and "relu_backward    4 of 4" in shown


@pytest.mark.parametrize("where", ["vscode", "jupyter"])
def test_a_renamed_notebook_is_told_its_name(notebook, monkeypatch, where):
    if where == "vscode":
        InteractiveShell.instance().user_ns["__vsc_ipynb_file__"] = r"C:\work\small-Copy1.ipynb"
    else:
        monkeypatch.setenv("JPY_SESSION_NAME", "work/small-Copy1.ipynb")
    with pytest.raises(Fault, match=r"this notebook is called small-Copy1\.ipynb: rename it to small\.ipynb"):
        check.submit()


def test_a_notebook_that_was_never_saved_here_is_told(notebook):
    notebook.unlink()
    with pytest.raises(Fault, match=r"small\.ipynb is not in .*: save the notebook there"):
        check.preflight()


@pytest.fixture
def colab(monkeypatch):
    """Colab's own package: it gives the notebook that the page shows, and starts downloads in the browser."""
    asked = {"ipynb": {"cells": cells(), "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 0}}
    message = types.SimpleNamespace(blocking_request=lambda *_, **__: asked)
    downloaded = []
    package = types.ModuleType("google.colab")
    package._message, package.files = message, types.SimpleNamespace(download=downloaded.append)
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", package)
    return asked, downloaded


def test_colab_gives_the_notebook_as_it_stands_and_downloads_the_file(notebook, colab):
    asked, downloaded = colab
    notebook.unlink()
    check.submit()
    written = notebook.parent / "hand-in" / "small.ipynb"
    assert json.loads(written.read_text(encoding="utf-8")) == asked["ipynb"]
    assert downloaded == [str(written)]


def test_colab_repairs_a_file_and_downloads_it(notebook, colab, capsys):
    asked, downloaded = colab
    asked["ipynb"]["cells"] = broken()
    check.repair()
    assert downloaded == [str(notebook)] and "In Colab: File, Upload notebook" in capsys.readouterr().out
    assert {RIGHT, LAST, OPEN} <= {one["source"] for one in json.loads(notebook.read_bytes())["cells"]}


def test_colab_that_gives_nothing_is_told(notebook, colab):
    colab[0].clear()
    with pytest.raises(Fault, match=r"choose File, Download \.ipynb"):
        check.submit()


def test_colab_whose_page_does_not_answer_is_told(notebook, colab):
    def gone(*_, **__):
        raise RuntimeError("Timed out waiting for a response")

    sys.modules["google.colab"]._message.blocking_request = gone
    with pytest.raises(Fault, match=r"choose File, Download \.ipynb"):
        check.submit()


def test_the_receipt_has_the_moment_with_its_time_zone():
    found = Preflight(Path("small.ipynb"), b"{}", checks=2)
    zone = dt.timezone(dt.timedelta(hours=2), "CEST")
    assert "written   2026-06-01 23:59:00 UTC+0200 (CEST)\n" in found.receipt(
        dt.datetime(2026, 6, 1, 23, 59, tzinfo=zone)
    )


def test_before_a_sheet_is_open_there_is_nothing_to_hand_in():
    from classroom.check import Check

    with pytest.raises(Fault, match="no answer sheet is open"):
        Check().submit()


def test_a_cell_that_hands_in_does_nothing_while_it_is_graded():
    silent = SilentCheck()
    assert (silent.submit(anyway=True), silent.preflight(), silent.repair(), silent.points()) == (None, None, None, {})
    assert {name for name in dir(type(check)) if name[0] != "_"} <= set(dir(silent))
