"""The bench that says how long a check takes."""

import benches
import pytest


@pytest.fixture(scope="module")
def bench():
    return benches.load("checks")


@pytest.mark.slow
def test_every_exercise_but_the_questions_is_timed(bench):
    found = bench.seconds(["residual"])
    assert "residual, dropout" in found and not [name for name in found if "quiz" in name]
    assert all(took > 0 for took in found.values())


def test_the_median_the_ninth_decile_and_the_slowest_are_told(bench):
    found = {f"a, {number}": number / 1000 for number in range(1, 12)}
    assert bench.described(found) == (
        "11 exercises: median 6.0 ms, nine of ten within 10.8 ms, the slowest 11 ms (a, 11)"
    )
