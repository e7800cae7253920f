"""What a claim expects, and the digits in which both numbers are told."""

import numpy as np
import pytest

from classroom.expectation import Expectation, at_least, at_most, plain, short


def test_a_number_is_expected_within_its_tolerance():
    expected = Expectation(0.49, 0.01)
    assert expected.why_not(0.4923) == ""
    assert expected.why_not(0.52) == "1 of 1 entries are outside the tolerance"
    assert expected.to_text() == "0.49 ± 0.01"
    assert expected.round(0.4923) == "0.49"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_outside(value):
    assert Expectation(0.49, 0.01).why_not(value)


def test_nan_is_near_to_nan_alone():
    expected = Expectation([np.nan, 1.0], 0.1)
    assert expected.why_not([np.nan, 1.05]) == ""
    assert expected.why_not([0.0, 1.0])


@pytest.mark.parametrize(("value", "bound"), [(49.9, at_least(50)), (2e-12, at_most(1e-12)), (np.nan, at_most(1))])
def test_a_broken_limit_is_told(value, bound):
    assert Expectation(bound).why_not(value) == "the measured value breaks the limit"


@pytest.mark.parametrize(
    ("value", "bound", "text"),
    [
        (218.3, at_least(50), "218"),
        (99.7, at_least(50), "100"),
        (50.3, at_least(50.1), "50.3"),
        (4.44e-16, at_most(1e-12), "4.4e-16"),
        (0.952, at_least(0.93), "0.95"),
        (0.9541, at_least(0.954), "0.954"),  # 0.95 would read as a broken limit
        (7, at_most(20), "7"),
        ([0.21, 0.34], at_most(0.35), "0.21 0.34"),
        (np.linspace(0.1, 0.3, 40), at_most(0.35), "from 0.10 to 0.30 (40 entries)"),
    ],
)
def test_beside_a_limit_the_measured_number_is_told(value, bound, text):
    assert Expectation(bound).round(value) == text
    assert Expectation(bound).to_text() == str(bound)


def test_arrays_are_compared_entry_by_entry():
    expected = Expectation([0.49, 0.29, 0.18], 0.005)
    assert expected.round([0.4921, 0.2906, 0.1778]) == "0.492 0.291 0.178"
    assert expected.why_not([0.492, 0.29, 0.1]) == "1 of 3 entries are outside the tolerance"
    assert "shape (2,) was measured where (3,)" in expected.why_not([0.49, 0.29])


def test_of_many_entries_the_largest_difference_is_told():
    expected = Expectation(np.zeros(1000), 1e-3)
    assert expected.round(np.full(1000, 2e-4)) == "1000 entries, the largest difference 0.0002"


def test_rel_is_a_part_of_the_expected_value():
    expected = Expectation(1.7e-8, rel=0.2)
    assert (expected.to_text(), expected.round(1.84e-8)) == ("1.7e-08 ± 20 %", "1.8e-08")
    assert expected.why_not(1.84e-8) == ""
    assert expected.why_not(2.2e-8)


@pytest.mark.parametrize(("value", "other"), [(456, 457), (True, False), ("before", "after"), (["a", "b"], ["b", "a"])])
def test_what_has_no_tolerance_is_the_very_thing(value, other):
    assert Expectation(value).why_not(value) == ""
    assert Expectation(value).why_not(other)


def test_digits_are_shown_as_the_tolerance_bears_or_as_asked():
    assert Expectation(0.1, 1e-12, digits=3).round(0.1) == "0.100"
    assert Expectation(0.0, 0.01).round(-0.001) == "0"
    assert Expectation(456).to_text() == "456 exactly"


@pytest.mark.parametrize(
    ("expected", "value", "texts"),
    [
        (Expectation(60_965_224), 60_965_224, ("60,965,224 exactly", "60,965,224")),
        (Expectation([843, 19200.0]), np.array([843, 19200]), ("843 19,200 exactly", "843 19,200")),
        (Expectation([27030, 143], rel=0.01), [27033.4, 143.2], ("27,030 143 ± 1 %", "27,033 143")),
        (Expectation(at_least(10_000)), 20_000, ("at least 10,000", "20,000")),
        (Expectation(1234), 1234, ("1234 exactly", "1234")),
        (Expectation(1e20, rel=0.1), 1.04e20, ("1e+20 ± 10 %", "1.0e+20")),
    ],
)
def test_a_long_whole_number_is_written_with_commas_and_in_full(expected, value, texts):
    assert (expected.to_text(), expected.round(value)) == texts


def test_the_interval_of_a_limit_is_open_on_one_side():
    assert Expectation(at_least(2)).interval([3, 4]) == ([2, 2], [None, None])
    assert Expectation(at_most(2)).interval(1) == ([None], [2])
    assert Expectation([1.0, np.nan], 0.5).interval([1.0, np.nan]) == ([0.5, None], [1.5, None])
    assert Expectation("text").interval("text") is None


def test_plain_numbers_are_whole_or_have_six_digits_and_are_finite():
    assert plain([1 / 3, np.inf, np.nan]) == [0.333333, None, None]
    assert plain(60_965_224) == [60_965_224]


def test_a_message_shows_two_digits_and_at_most_twelve_entries():
    assert short(0.5234) == "0.52"
    assert short(np.arange(20)).endswith("11 … (20 entries)")
