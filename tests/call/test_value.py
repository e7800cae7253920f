"""Plain data: copied, laid out and packed without loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from classroom.call.value import (
    Function,
    Generator,
    NotPlain,
    arrays_in,
    as_array,
    brief,
    duplicate,
    held_bytes,
    lay_out,
    layout,
    may_change,
    pack,
    plain,
    same,
    unpack,
)

arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=4),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5) | arrays,
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(values)
def test_packing_and_unpacking_gives_the_same_value(value):
    stored = []

    def keep(array):
        stored.append(array)
        return len(stored) - 1

    assert same(unpack(pack(value, keep), stored.__getitem__), value)


@given(values)
def test_a_duplicate_is_equal_and_shares_no_memory(value):
    copy = duplicate(value)
    assert same(copy, value)
    for a, b in zip(arrays_in(copy), arrays_in(value), strict=True):
        assert not np.shares_memory(a, b)


def test_generators_and_functions_survive_packing():
    value = [Generator(7), Function("quadratic", matrix=np.eye(2), center=np.zeros(2))]
    kept = []
    made = unpack(pack(value, lambda array: kept.append(array) or len(kept) - 1), kept.__getitem__)
    assert made[0] == Generator(7)
    assert made[1].name == "quadratic" and same(made[1].params["matrix"], np.eye(2))


@pytest.mark.parametrize("how", ["C", "F", "strided"])
def test_a_layout_in_memory_can_be_made_and_is_kept_by_duplicates(how):
    array = lay_out(np.arange(24.0).reshape(2, 3, 4), how)
    assert layout(array) == how
    assert layout(duplicate(array)) == how
    assert np.array_equal(array, np.arange(24.0).reshape(2, 3, 4))


def test_numpy_numbers_become_arrays_without_axes():
    assert same(plain(np.float32(1.5)), np.array(1.5, np.float32))


@pytest.mark.parametrize("value", [object(), np.array([object()]), {1: 2}, [len], np.array(["a"])])
def test_what_is_not_plain_is_refused(value):
    with pytest.raises(NotPlain):
        plain(value)


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (np.nan, np.nan, True),
        (np.array([np.nan]), np.array([np.nan]), True),
        (1, 1.0, False),
        (np.zeros(2), np.zeros(2, np.float32), False),
        ((1, 2), [1, 2], False),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_same_is_equality_to_the_last_bit_types_included(a, b, equal):
    assert same(a, b) is equal


@pytest.mark.parametrize(
    ("value", "array"),
    [(2, 2), (True, True), ([1, 2.5], [1.0, 2.5]), ([], []), ([(1, 2), np.array([3, 4])], [[1, 2], [3, 4]])],
)
def test_numbers_and_lists_of_them_become_one_array(value, array):
    made = as_array(value)
    assert made.dtype == np.asarray(array).dtype and made.tolist() == array


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        10**400,
        [1, None],
        "text",
        ["a" * 1_000_000, *[""] * 5_000],  # 20 gigabytes, as numpy sees it
        [*[np.zeros(5_000, np.uint8)] * 300, np.zeros(5_000, np.longdouble)],
    ],
)
def test_what_is_no_number_or_swells_becomes_no_array(value):
    with pytest.raises(NotPlain):
        as_array(value)


def test_brief_descriptions():
    assert brief({"a": [1.0] * 1000}) == "dict of 1"
    assert brief(np.zeros((2, 3))) == "array (2, 3) float64"
    assert brief(Function("cubic")) == "the function cubic"
    assert brief(-(10**5000)) == "a whole number of 5001 digits"  # Python writes none of more than 4300 digits
    assert brief("x" * 100).endswith("...")


def test_a_value_of_too_many_parts_is_not_plain_however_small_it_is():
    """Each list holds the one before twice: thirty lists are a thousand million parts."""
    doubled = [1.0]
    for _ in range(30):
        doubled = [doubled, doubled]
    with pytest.raises(NotPlain, match="of more than 100000 parts: does it contain itself"):
        plain(doubled)
    assert plain([[1.0]] * 1000) == [[1.0]] * 1000


def test_what_data_holds_is_counted_with_its_arrays_and_texts():
    assert held_bytes({"a": [np.zeros(1000), "x" * 500]}) == pytest.approx(8500, rel=0.1)


def test_inputs_that_can_be_written_into_are_known_by_their_kinds():
    inputs = {"a": np.zeros(2), "b": [1], "c": (1, 2), "d": (np.zeros(1),), "e": 3, "f": [Generator(1)], "g": {"h": 1}}
    assert may_change(inputs) == ["a", "b", "d", "g"]
