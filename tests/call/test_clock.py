"""The processor's clocks count work and not sleep; in a browser, which has none, the wall's stands in."""

import time

import pytest

from classroom.call import clock


@pytest.mark.parametrize("seconds", [clock.process_seconds, clock.thread_seconds])
def test_work_is_counted_and_sleep_is_not(monkeypatch, seconds):
    monkeypatch.setattr(clock, "IN_BROWSER", False)
    began = seconds()
    time.sleep(0.05)
    slept = seconds()
    while seconds() - slept < 0.02:
        pass
    assert slept - began < 0.05 and seconds() > slept


@pytest.mark.parametrize("seconds", [clock.process_seconds, clock.thread_seconds])
def test_in_a_browser_the_walls_clock_is_read(monkeypatch, seconds):
    monkeypatch.setattr(clock, "IN_BROWSER", True)
    monkeypatch.setattr(time, "perf_counter", lambda: 42.0)
    assert seconds() == 42.0
