"""A check of one's own says nothing when grading, and the code goes on with a number."""

import pytest

from classroom.staff.sandbox.silent_check import check


def test_every_call_of_a_notebook_is_taken():
    assert check.open("small") is None and check.hint("relu") is None and check.progress() is None
    with pytest.raises(LookupError, match="keep such a line out of the cells of your answers"):
        check.case("relu")
    points = check("relu_forward", len)
    assert points == 0 and points + 1 == 1
    assert repr(points) == "[a check of your own is not made when grading]"
