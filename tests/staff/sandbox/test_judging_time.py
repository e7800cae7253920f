"""The judge's own time: what takes too long ends, questions are not torn apart, and other threads look in between."""

import signal
import threading
import time

import pytest

from classroom.staff.sandbox.judging_time import JudgedTooLong, JudgingTime


def compute(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(1000))


def test_work_within_the_time_counts_together():
    judging = JudgingTime(0.2)
    with judging.limited():
        compute(0.05)
    with judging.limited():
        compute(0.2)  # shorter than two looks of the timer
    with pytest.raises(JudgedTooLong), judging.limited():
        pytest.fail("there is no time left")


def test_work_that_does_not_end_is_ended_and_the_timer_with_it(monkeypatch):
    monkeypatch.setattr("classroom.staff.sandbox.judging_time.LOOK_EVERY", 0.02)
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(JudgedTooLong), JudgingTime(0.05).limited():
        while True:
            try:
                compute(1.0)
            except Exception:
                continue
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0) and signal.getsignal(signal.SIGPROF) is before


def test_a_timer_that_is_at_hand_for_several_pieces_of_work_ends_none_between_them(monkeypatch):
    monkeypatch.setattr("classroom.staff.sandbox.judging_time.LOOK_EVERY", 0.02)
    before, judging = signal.getsignal(signal.SIGPROF), JudgingTime(0.1)
    with judging.watched():
        with judging.limited():
            compute(0.02)
        compute(0.2)
        with pytest.raises(JudgedTooLong), judging.limited():
            compute(1.0)
        assert signal.getitimer(signal.ITIMER_PROF) != (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0) and signal.getsignal(signal.SIGPROF) is before


def test_nothing_is_raised_in_the_middle_of_a_question(monkeypatch):
    monkeypatch.setattr("classroom.staff.sandbox.judging_time.LOOK_EVERY", 0.02)
    judging, answered = JudgingTime(0.05), []
    with pytest.raises(JudgedTooLong), judging.limited():
        with judging.asking():
            compute(0.15)
            answered.append(True)
        compute(1.0)
    assert answered


def test_in_another_thread_it_is_looked_at_in_between():
    judging, found = JudgingTime(0.05), []

    def work():
        with judging.limited():
            compute(0.1)
        try:
            with judging.limited():
                found.append("more")
        except JudgedTooLong:
            found.append("ended")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["ended"]
