"""Cases that cannot work are an error that says what to do."""

import dataclasses

import pytest
from bugs import LINEAR, conv, conv_case, linear_case, sheet_of

from classroom.fault import Fault
from classroom.staff.declare.exercise import Assignment, full_sheet

pytestmark = pytest.mark.slow


def test_a_square_image_is_allowed_where_the_case_says_so():
    assert sheet_of(conv(conv_case(shape=(2, 3, 5, 5), square=True))).cases


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        (lambda rng: [linear_case("nameless", 2, 3, 4)], "needs a kind"),
        (
            lambda rng: [dataclasses.replace(linear_case("odd", 2, 3, 4, "odd"), part="extra")],
            "occurs in hidden cases only",
        ),
    ],
)
def test_a_bad_hidden_case_is_an_error_that_says_what_to_do(hidden, said):
    exercise = dataclasses.replace(LINEAR, hidden=hidden, cases=[*LINEAR.cases, linear_case("odd", 3, 2, 4, "odd")])
    with pytest.raises(Fault, match=said):
        full_sheet(Assignment("small", "Small", [exercise]), "secret")
