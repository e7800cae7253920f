"""How much processor time a case leaves to the calls that it makes.

The time is counted by whoever ran them: by the student's own process at home, by the kernel from outside the sandbox
when grading.  So nothing that student code does to a clock can make it look faster.
"""

import dataclasses
import time
from collections.abc import Mapping, Sequence

import numpy as np

from classroom.call.caller import CallError, Run
from classroom.call.value import Value


def keep_to(budget: Mapping[str, Value], run: Run) -> Run:
    """Return a run that kept to its budget as it is, any other as one that was too slow.

    Parameters
    ----------
    budget : empty, or with the key "cpu_seconds"; or with "window", "turns" and "share": the calls may take this share
        of what a loop takes that multiplies and sums so many windows of this shape, one after the other
    run : with its cpu_seconds
    """
    if not budget or run.error is not None:
        return run
    if "cpu_seconds" in budget:
        allowed, text = float(budget["cpu_seconds"]), f"it takes more than {budget['cpu_seconds']:g} CPU seconds"
    else:
        allowed = float(budget["share"]) * _loop_seconds(budget["window"], int(budget["turns"]))
        share = f"1/{1 / budget['share']:.0f}"
        text = f"it takes more than {share} of the time of a loop over the outputs: is there a loop left?"
    return run if run.cpu_seconds <= allowed else dataclasses.replace(run, error=CallError("slow", message=text))


def _loop_seconds(window: Sequence[int], turns: int) -> float:
    """Measure the loop that a fast implementation is to leave behind; of many turns the first few thousand."""
    pixels, weight = np.ones(window), np.ones(window)
    measured = min(turns, 5000)
    began = time.thread_time()
    for _ in range(measured):
        np.sum(pixels * weight)
    return (time.thread_time() - began) * turns / measured
