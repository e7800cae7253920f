"""A notebook is run whole without the names of the running kernel, which stays as it was."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import classroom
from classroom import whole_run
from classroom.check import check
from classroom.fault import Fault
from classroom.staff.sandbox.room import Allowance
from classroom.staff.sandbox.sandbox import Limits

ROOT = Path(__file__).parents[1]


@pytest.fixture
def shell():
    kept = sys.displayhook, sys.excepthook
    shell = InteractiveShell.instance()
    with shell.builtin_trap:  # as while a cell runs
        yield shell
    InteractiveShell.clear_instance()
    sys.displayhook, sys.excepthook = kept


def cell(source, grade_id=""):
    noted = {"nbgrader": {"grade": True, "grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": noted}


def test_a_cell_that_stops_is_named_and_the_others_run_all_the_same(shell, capsys):
    found = whole_run.in_this_kernel(
        [
            {"cell_type": "markdown", "source": "1 / 0"},
            cell("half = 0.5\nprint('seen')"),
            cell("half / 0"),
            cell("raise SystemExit('enough')", "double"),
            cell("%pwd\none = half * 2"),
            cell("assert one == 1"),
        ]
    )
    assert found.problems == [
        "cell 3 stops with ZeroDivisionError: float division by zero",
        "the check cell double stops with SystemExit: enough",
    ]
    assert "seen" not in capsys.readouterr().out


def test_names_of_the_kernel_are_neither_seen_nor_changed(shell):
    shell.user_ns["theirs"] = 3
    found = whole_run.in_this_kernel([cell("theirs"), cell("mine = 1")])
    assert found.problems == ["cell 1 stops with NameError: name 'theirs' is not defined"]
    assert "mine" not in shell.user_ns and classroom.check is check


def test_a_run_is_known_from_inside_alone(shell):
    assert not whole_run.under_way()
    assert not whole_run.in_this_kernel(
        [cell("from classroom.whole_run import under_way\nassert under_way()")]
    ).problems
    assert whole_run.UNDER_WAY not in os.environ


@pytest.mark.parametrize("lacking", ["nbclient", "nbformat", "ipykernel"])
def test_a_new_kernel_needs_all_three_packages_and_no_browser(monkeypatch, lacking):
    assert whole_run.can_start_a_kernel()
    monkeypatch.setattr(whole_run, "IN_BROWSER", True)
    assert not whole_run.can_start_a_kernel()
    monkeypatch.setattr(whole_run, "IN_BROWSER", False)
    monkeypatch.setattr(whole_run.importlib.util, "find_spec", lambda name: None if name == lacking else object())
    assert not whole_run.can_start_a_kernel()


def test_what_is_no_notebook_is_told(tmp_path):
    (tmp_path / "small.ipynb").write_text("{")
    with pytest.raises(Fault, match=r"small\.ipynb ends in the middle"):
        whole_run.in_new_kernel(tmp_path / "small.ipynb")
    (tmp_path / "small.ipynb").write_text('{"cells": [], "nbformat": "four"}')
    with pytest.raises(Fault, match="is not a notebook: open it in JupyterLab and save it again"):
        whole_run.in_new_kernel(tmp_path / "small.ipynb")


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def monotonic(self):
        return self.now


@pytest.mark.parametrize(("in_browser", "said"), [(False, [3, 4]), (True, [])])
def test_a_cell_that_grading_would_end_is_noted_and_a_check_has_limits_of_its_own(shell, monkeypatch, in_browser, said):
    monkeypatch.setattr(whole_run, "time", Clock())
    monkeypatch.setattr(whole_run, "IN_BROWSER", in_browser)
    take = "from classroom import whole_run\nwhole_run.time.now += {}".format
    cells = [cell(take(15)), cell(take(60), "train_cnn"), cell(take(31)), cell(take(16) + "\n1 / 0")]
    found = whole_run.in_this_kernel([*cells, {**cell(take(50)), "metadata": {"nbgrader": {"locked": True}}}])
    text = "grading ends a cell after 20 s, and what it defines is then missing: make it smaller, or delete it"
    seconds = {3: 31, 4: 16}
    notes = [note for note in found.notes if note.startswith("cell ")]
    assert notes == [f"cell {number} computes for {seconds[number]} s; {text}" for number in said]


@pytest.mark.slow
def test_in_a_new_kernel_too(tmp_path, monkeypatch):
    monkeypatch.setattr(whole_run, "_NEAR", 0.0)
    cells = [{"cell_type": "markdown", "source": "", "metadata": {}}, cell("1"), cell("2", "check")]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "small.ipynb").write_text(json.dumps(notebook))
    found = whole_run.in_new_kernel(tmp_path / "small.ipynb")
    assert [note.partition(" computes")[0] for note in found.notes] == ["cell 2"]


def test_students_are_told_the_limits_that_grading_has():
    allowance, memory = Allowance(), Limits().memory_bytes
    assert allowance.cell == whole_run.GRADED_SECONDS and memory == 2 << 30
    told = (
        f"grading ends a cell after {allowance.cell:g} s and a notebook after {allowance.submission:g} s of its "
        f"own time, and gives it {memory >> 30} GB of memory"
    )
    for page in ("docs/students.md", "assignments/capstone/capstone.py"):
        text = " ".join((ROOT / page).read_text(encoding="utf-8").replace("\n#", " ").split())
        assert told in text.replace("Grading ends", "grading ends"), page


def test_what_is_released_is_told_from_a_file_of_ones_own(tmp_path):
    """Also from a module whose name is like that of a given one; those are imported, or by one that is."""
    released = ["given_layers.py", "given_network.py", "layerwise-1.0+3-py3-none-any.whl", "small.npz"]
    own = ["helpers.py", "smallXnpz", "other.npz", "data.csv", "given.py", "given_mine.py", "pandas-2.0.whl"]
    for name in released + own:
        (tmp_path / name).write_text("import given_layers\n" if name == "given_network.py" else "")
    cells = [cell("from given_network import given_mine"), cell("import given_elsewhere")]
    found = whole_run.released_beside(tmp_path / "small.ipynb", json.dumps(cells))
    assert sorted(path.name for path in found) == released


@pytest.mark.slow
def test_what_editors_write_beside_the_code_keeps_no_notebook_from_running(tmp_path):
    """Grading does not look at it either."""
    show = "from IPython.display import display\ndisplay({'text/plain': ''}, raw=True)\nraise ValueError('it ran')"
    cells = [
        {"cell_type": "code", "source": [], "metadata": [], "outputs": None, "execution_count": None},
        {"cell_type": "markdown", "metadata": None},
        {"cell_type": "code", "source": show, "metadata": [1], "outputs": [{"output_type": "what"}]},
    ]
    notebook = {"cells": cells, "metadata": [], "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "small.ipynb").write_text(json.dumps(notebook))
    found = whole_run.in_new_kernel(tmp_path / "small.ipynb")
    assert any("it ran" in said for said in found.problems + found.notes)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["in a terminal", "in a notebook"])
def test_an_interrupt_ends_the_run_and_its_kernel(tmp_path, where):
    """The cell presses the key itself, once it runs."""
    endless = f"""
import os, pathlib, signal
pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(os.getpid()))
os.kill(os.getppid(), signal.SIGINT)
while True:
    pass
"""
    notebook = {"cells": [cell(endless)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "small.ipynb").write_text(json.dumps(notebook))

    async def call():
        signal.signal(signal.SIGINT, signal.default_int_handler)  # as a kernel has it
        whole_run.in_new_kernel(tmp_path / "small.ipynb")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            if where == "in a terminal":
                whole_run.in_new_kernel(tmp_path / "small.ipynb")
            else:
                asyncio.run(call())
    finally:
        signal.signal(signal.SIGINT, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_run_in_a_new_kernel_builds_no_grammar_of_addresses(tmp_path):
    """Importing nbformat would take longer for that than for all else; no notebook is checked for such an address."""
    (tmp_path / "one.ipynb").write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    run = "import pathlib, sys; from classroom import whole_run; whole_run.in_new_kernel(pathlib.Path('one.ipynb'));"
    run += "print('nbformat' in sys.modules, 'lark' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True)
    assert ended.stdout.split() == ["True", "False"], ended.stderr
