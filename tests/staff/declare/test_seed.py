"""Seeds of what is hidden."""

import pytest

from classroom.staff.declare.exercise import (
    seed_of,
)

pytestmark = pytest.mark.slow


def test_seeds_depend_on_secret_assignment_and_exercise():
    seeds = {seed_of(s, a, e) for s in ("one", "two") for a in ("a", "b") for e in ("x", "y")}
    assert len(seeds) == 8
