"""Budgets of processor time: kept by fast code, missed by slow code, whatever the clocks of student code say."""

from dataclasses import replace

import numpy as np
import pytest

from classroom.call.caller import LocalCaller, Run
from classroom.call.script import parse
from classroom.judge.budget import FEW_TURNS, MOST_TURNS, CpuSeconds, ShareOfLoop, TimesForward

LOOP = ShareOfLoop([3, 2, 2], turns=2000, share=0.1)


def spin():
    return sum(range(2_000_000))


def run_of(function):
    return LocalCaller({"function": function}).run(parse(["y = function()"]), {}, ["y"])


def test_a_run_within_its_budget_is_left_as_it_is():
    run = run_of(lambda: 7)
    assert CpuSeconds(60.0).keep(run) is run
    assert LOOP.keep(run) is run


def test_a_run_that_spends_more_is_stopped_as_slow():
    run = run_of(spin)
    kept = CpuSeconds(1e-4).keep(run)
    assert kept.error.kind == "slow" and kept.error.message == "it takes more than 0.0001 CPU seconds"
    kept = replace(LOOP, turns=3).keep(run)
    assert kept.error.kind == "slow" and kept.error.message.startswith("it takes more than 1/10 of the time of a loop")


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (CpuSeconds(0.5), "yours took 2.5 s"),
        (LOOP, "yours took 2.5 s, the loop takes 1 s: at most 100 ms is allowed"),
        (TimesForward(9), "yours took 2.5 s, your forward pass takes 31 ms"),
    ],
)
def test_what_was_slow_is_told_with_what_it_is_measured_by(monkeypatch, budget, said):
    monkeypatch.setattr("classroom.judge.budget._seconds_of_loop", lambda *_: 1.0)
    assert budget.spent(Run(cpu_seconds=2.5), lambda: Run(cpu_seconds=0.0312)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(123.4, "123 s"), (12.34, "12 s"), (0.456, "456 ms"), (0.0456, "46 ms"), (0.00123, "1.2 ms")]
)
def test_a_time_is_written_without_an_exponent(seconds, said):
    assert CpuSeconds(0.5).spent(Run(cpu_seconds=seconds)) == f"yours took {said}"


def test_the_loop_grows_with_its_turns_and_the_share_is_taken_of_it():
    long, short = Run(cpu_seconds=10.0), Run(cpu_seconds=1e-6)
    assert replace(LOOP, turns=10).keep(long).error is not None
    assert replace(LOOP, share=1e9).keep(long).error is None
    assert replace(LOOP, turns=1000).keep(short).error is None


@pytest.mark.parametrize(("seconds", "measured"), [(0.01, 1), (0.05, 2), (0.2, 2), (1.0, 1)])
def test_the_whole_loop_is_timed_only_where_a_few_turns_leave_a_doubt(monkeypatch, seconds, measured):
    turns = []

    def a_second(window, all_of_them, most):
        turns.append(most)
        return 1.0

    monkeypatch.setattr("classroom.judge.budget._seconds_of_loop", a_second)
    assert (LOOP.keep(Run(cpu_seconds=seconds)).error is not None) == (seconds > LOOP.share)
    assert turns == [FEW_TURNS, MOST_TURNS][:measured]


def test_a_run_that_stopped_keeps_its_own_error():
    def broken():
        raise KeyError("no")

    run = run_of(broken)
    assert CpuSeconds(0.0).keep(run).error.name == "KeyError"


def test_the_seconds_of_a_run_are_those_of_the_processor():
    assert run_of(spin).cpu_seconds > 0
    run = LocalCaller({"sleep": lambda: __import__("time").sleep(0.05)}).run(parse(["_ = sleep()"]), {}, [])
    assert run.seconds >= 0.05 > run.cpu_seconds


def test_values_are_compared_when_the_budget_is_kept():
    run = LOOP.keep(run_of(lambda: np.ones(3)))
    assert run.values["y"].tolist() == [1, 1, 1]
