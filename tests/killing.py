"""Kill what a command has started, while it runs."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

import psutil

from classroom import cli
from classroom.staff.grade.pool import workers_context


def typed(arguments: Sequence[str]) -> BaseProcess:
    """Run a command in a process of its own, forked from one that has imported most of it, and not to be heard."""
    process = workers_context().Process(target=_silently, args=(list(arguments),))
    process.start()
    return process


def _silently(arguments: list[str]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1), os.dup2(null, 2)
    cli.main(arguments)


def kill_descendants(process: subprocess.Popen, wanted: Callable[[psutil.Process], bool]) -> int:
    """Kill the wanted ones of a command's descendants, wait until there is one, and return how many it were.

    One that ends by itself meanwhile is no error; 0 means that the command ended first.
    """
    killed = 0
    while not killed and process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
            for child in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    if wanted(child):
                        child.kill()
                        killed += 1
    return killed
