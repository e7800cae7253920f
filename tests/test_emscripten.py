"""What WebAssembly lacks is needed by nothing that a student's notebook imports or runs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from bugs import LINEAR, RELU
from test_boundary import STUDENT, imported, name_of

from classroom.staff.declare.exercise import Assignment, answer_sheet

# Modules of Python's library that Pyodide does not have, or has without their use: no processes, threads, sockets,
# signals, terminals or users.
LACKED = {
    *("asyncio.subprocess", "concurrent.futures", "multiprocessing", "subprocess", "pty", "tty", "termios"),
    *("_thread", "threading", "queue", "signal", "resource", "fcntl", "grp", "pwd", "syslog"),
    *("socket", "socketserver", "ssl", "http.client", "http.server", "urllib.request", "ftplib", "smtplib"),
    *("curses", "dbm", "ensurepip", "idlelib", "readline", "tkinter", "turtle", "venv", "webbrowser"),
}
# Calls of modules that it has, where the platform has no such clock or process.
LACKED_CALLS = {("time", "thread_time"), ("os", "fork"), ("os", "system"), ("os", "kill"), ("os", "sched_getaffinity")}
TYPED = {"__main__", "cli"}  # what a person types, in a terminal that no browser has
# What may be imported inside a function, because the browser never calls it there.
LAZY = {
    "call.time_limit": {"_thread", "signal", "threading"},
    "data": {"http.client", "socket"},
    "whole_run": {"concurrent.futures"},  # beside a kernel of its own, which no browser starts
}
MODULES = [path for path in STUDENT if name_of(path) not in TYPED]

# A notebook's day on a machine from which all that is taken away, after numpy and matplotlib are loaded.
DAY = """
import os, signal, socket, subprocess, sys, threading, time, types
import matplotlib, numpy as np
matplotlib.use("agg")
import matplotlib.pyplot as plt

def lacking(*_, **__):
    raise OSError(138, "not supported")

del time.thread_time, signal.setitimer, signal.alarm, os.fork
time.process_time = lambda: 0.0
for owner, name in [(subprocess, "Popen"), (socket, "socket"), (os, "system"), (os, "posix_spawn"), (os, "kill"),
                    (signal, "signal"), (threading.Thread, "start")]:
    setattr(owner, name, lacking)
sys.platform = "emscripten"
sys.modules["js"] = types.ModuleType("js")  # what Pyodide gives a worker, which has no localStorage
from classroom import check, claim, data, figure, predict

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(grad_y, cache):
    return grad_y * (cache >= 0)

def linear_forward(x, weight, bias):
    return x @ weight + bias, (x, weight)

def linear_backward(grad_y, cache):
    raise NotImplementedError

check.open("small")
print(check("relu_backward", relu_backward), check("linear_backward", linear_backward))
check.hint("relu_backward"); check.progress()
print(len(data.load("digits").images), data.load("shapes", size=12, cue=0.5).images.shape)
fig, ax = plt.subplots(); ax.plot([0, 1])
"""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_of_the_students_path_needs_what_a_browser_lacks(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_import = {name for node in tree.body for name in _needed(node, deep=False)}
    assert at_import & LACKED == set()
    anywhere = {name for node in tree.body for name in _needed(node, deep=True)}
    assert anywhere & LACKED <= LAZY.get(name_of(path), set())
    called = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert called & LACKED_CALLS <= ({("time", "thread_time")} if name_of(path) == "call.clock" else set())


def _needed(node, deep):
    """Names of modules that a statement imports; `deep` looks into functions too."""
    if not deep and isinstance(node, ast.FunctionDef | ast.ClassDef):
        return set()
    return set(imported(ast.unparse(node)))


def test_the_list_is_of_modules_that_this_python_has():
    known = {name.split(".")[0] for name in sys.stdlib_module_names}
    assert {name.split(".")[0] for name in LACKED} <= known


@pytest.mark.slow
def test_a_notebook_has_its_day_where_there_are_no_processes_threads_sockets_signals_and_clocks(tmp_path):
    answer_sheet(Assignment("small", "Small", [RELU, LINEAR])).save(tmp_path / "small.npz")
    ended = subprocess.run(
        [sys.executable, "-c", DAY], cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": _here()}
    )
    assert ended.returncode == 0, ended.stderr
    assert "✗ relu_backward" in ended.stdout and "linear_backward · not started" in ended.stdout
    assert "relu_backward has no hints" in ended.stdout and "1797 (1200, 3, 12, 12)" in ended.stdout


def _here():
    return str(Path(__file__).parents[1])
