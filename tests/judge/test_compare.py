"""Comparison in stages: the first difference that explains the others."""

import numpy as np
import pytest

from classroom.judge.compare import compare, is_near, relative_error, scale_of


@pytest.mark.parametrize(
    ("yours", "expected", "stage"),
    [
        (np.ones(3), np.ones(3), "right"),
        (np.ones(3) + 1e-9, np.ones(3), "right"),
        (np.ones(3) + 1e-5, np.ones(3), "value"),
        (np.ones((3, 1)), np.ones(3), "shape"),
        (np.ones(3), np.ones(3, np.float32), "right"),
        (np.ones(3, np.float32) + np.float32(2e-5), np.ones(3), "right"),  # single precision throughout
        (np.ones(3, np.float16), np.ones(3), "dtype"),
        (np.ones(3, complex), np.ones(3), "dtype"),
        (np.array([1, np.nan]), np.ones(2), "finite"),
        (np.array([1, np.inf]), np.array([1, np.inf]), "right"),
        (np.array([1, -np.inf]), np.array([1, np.inf]), "finite"),
        (np.ones(2), np.array([1, np.inf]), "finite"),
        (np.array([1, 0]), np.array([1.0, 0.0]), "right"),
        (np.array([True, False]), np.array([1, 0]), "right"),
        (np.zeros(3), np.zeros(3), "right"),
        (np.full(3, 1e-3), np.zeros(3), "value"),
        (np.zeros((0, 2)), np.zeros((0, 2)), "right"),
        (3, 3, "right"),
        (np.array(3), 3, "right"),
        (3.0, 3, "dtype"),
        (3, 3.0, "right"),
        (np.array([3.0]), 3.0, "shape"),
        (None, 3.0, "type"),
        (None, None, "right"),
        ("a", "b", "type"),
        ((np.ones(2), 1), (np.ones(2), 1), "right"),
        ([np.ones(2), 1], (np.ones(2), 1), "right"),
        ((np.ones(2),), (np.ones(2), 1), "shape"),
        ([1.0, 2.0], np.array([1.0, 2.0]), "right"),
        ([[1.0], [2.0]], np.array([1.0, 2.0]), "shape"),
        ([1.0, 3.0], np.array([1.0, 2.0]), "value"),
        ([[1.0, 2.0], [3.0]], np.array([1.0, 2.0]), "type"),
        (["a", "b"], np.array([1.0, 2.0]), "type"),
        (5, (1, 2), "type"),
        ({"a": 1}, {"a": 1}, "right"),
        ({"b": 1}, {"a": 1}, "type"),
        (np.ones(2), {"a": 1}, "type"),
    ],
)
def test_the_first_stage_that_differs(yours, expected, stage):
    assert compare(yours, expected, where="y").stage == stage


def test_messages_name_the_rule_and_what_came():
    assert compare(np.ones((2, 3)), np.ones((3, 2)), where="y").text == "y has shape (2, 3), needs (3, 2)"
    assert "needs float64" in compare(np.ones(2, complex), np.ones(2), where="y").text
    assert "NaN in 1 of 2 entries, first at [1]" in compare(np.array([1, np.nan]), np.ones(2), where="y").text
    assert compare((np.ones(2), np.zeros(2)), (np.ones(2), np.ones(2)), where="r").text.startswith(
        "r[1]: relative error 1"
    )
    assert len(compare(dict.fromkeys(map(str, range(10_000)), 1), {"a": 1}, where="y").text) < 500


def test_a_wider_dtype_is_told_and_its_values_are_compared_with_the_precision_of_the_question():
    narrow = np.ones(2, np.float32)
    found = compare({"a": (np.ones(2) + 5e-5, narrow)}, {"a": (narrow, narrow)}, where="y")
    assert found.right and found.other_dtypes == {"y['a'][0]": "float64"}
    found = compare((np.ones(2) + 5e-3, narrow), (narrow, narrow), where="y")
    assert found.stage == "value" and found.other_dtypes == {"y[0]": "float64"}
    assert not compare(narrow, np.ones(2), where="y").other_dtypes


def test_booleans_for_floats_are_told_where_their_values_are_right():
    assert compare(np.array([True, False]), np.array([1.0, 0.0]), where="y").other_dtypes == {"y": "bool"}
    assert compare([True, False], np.array([1.0, 0.0]), where="y").other_dtypes == {"y": "bool"}
    assert not compare(np.array([True, False]), np.array([1, 0]), where="y").other_dtypes
    assert compare(np.array([True, True]), np.array([1.0, 0.0]), where="y").stage == "value"


def test_wrong_truth_values_have_no_relative_error():
    assert compare(True, False, where="inside").text == "inside is True, needs False"
    found = compare(np.array([True, False]), np.array([True, True]), where="inside")
    assert found.stage == "value" and found.text == "inside: True and False are not where they belong"
    found = compare(np.array([1.0, 0.0]), np.array([True, True]), where="inside")
    assert found.text == "inside: True and False are not where they belong" and found.yours.dtype == bool
    assert compare(np.array([1.0, 0.0]), np.array([True, False])).right
    assert compare(np.array([0.5, 0.0]), np.array([True, False]), where="inside").text.startswith("inside: relative")


def test_the_error_is_relative_to_the_largest_entry():
    assert relative_error(np.array([1000.0, 1e-3]), np.array([1000.0, 0.0])) == pytest.approx(1e-6)
    assert relative_error(np.array([2.0]), np.array([0.0])) == 2.0


def near_and_right(yours, expected):
    with np.errstate(all="ignore"):
        return is_near(yours, expected, scale_of(expected), 1e-6), compare(yours, expected, 1e-6).right


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_seen_at_a_glance_is_what_a_closer_look_says(dtype):
    rng = np.random.default_rng(0)
    for size in (1e-40, 1.0, 1e30):
        expected = (size * rng.normal(size=(3, 4))).astype(dtype)
        for error in (0.0, 1e-7, 0.99e-6, 1.01e-6, 0.99e-4, 1.01e-4, np.nan, np.inf):
            yours = expected.copy()
            with np.errstate(all="ignore"):
                yours[1, 2] += dtype(error * float(np.abs(expected).max()))
            near, right = near_and_right(yours, expected)
            assert near == right, (size, error)


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (np.ones(3, np.float32), np.ones(3)),
        (np.ones((3, 1)), np.ones(3)),
        (np.ones(0), np.ones(0)),
        (np.array([1, np.inf]), np.array([1, np.inf])),
        (np.array([1, np.nan]), np.array([1, np.nan])),
        (np.ones(3, int), np.ones(3, int)),
        (np.array(1.0), np.array(1.0)),
        (1.0, 1.0),
        ([1.0], np.ones(1)),
        (None, np.ones(1)),
        (np.ma.masked_array([1.0, 2.0], [False, True]), np.array([1.0, 3.0])),
    ],
    ids=str,
)
def test_a_glance_leaves_the_rest_to_a_closer_look(yours, expected):
    assert not near_and_right(yours, expected)[0]
