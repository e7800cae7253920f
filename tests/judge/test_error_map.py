"""A closer look at wrong numbers, in words."""

import numpy as np
import pytest

from classroom.judge.answer_sheet import SheetCase
from classroom.judge.compare import compare
from classroom.judge.error_map import Wrong, by_sign, describe, not_finite


def case(name, inputs):
    return SheetCase(name, inputs, (), ("y",), {}, {"y": "y"})


def lines(*pairs, output="y"):
    """Describe pairs of (inputs, yours, expected)."""
    seen = [
        (case(f"case {number}", inputs), output, compare(yours, expected, where=output))
        for number, (inputs, yours, expected) in enumerate(pairs)
    ]
    made = describe(seen)
    return "\n".join([made["text"], *made["details"]])


def drawn(*shape):
    return np.random.default_rng(shape).normal(size=shape)


def scaled(factor, *shapes, **inputs):
    return lines(*[({"x": drawn(*shape), **inputs}, drawn(*shape) * factor(shape), drawn(*shape)) for shape in shapes])


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (lambda shape: -1, "yours is -1 times"),
        (lambda shape: 2, "yours is 2 times"),
        (lambda shape: 0.5, "yours is 1/2 times"),
        (lambda shape: 0.37, "yours is 0.37 times"),
        (lambda shape: shape[0], "yours is N times"),
        (lambda shape: 1 / shape[0], "yours is 1/N times"),
        (lambda shape: -1 / shape[0], "yours is -1/N times"),
        (lambda shape: 1 / shape[1], "yours is 1/C times"),
        (lambda shape: 1 / (shape[0] - 1), "1/(N - 1) times"),
    ],
)
def test_a_constant_factor_is_named(factor, said):
    assert said in scaled(factor, (4, 7), (5, 6))


def test_a_factor_of_an_input_is_named():
    assert "1/(1 - drop)" in scaled(lambda shape: 1 / 0.7, (4, 7), drop=0.3) or "1.42857" in scaled(
        lambda shape: 1 / 0.7, (4, 7), drop=0.3
    )
    pairs = [({"x": drawn(4, 5), "drop": drop}, drawn(4, 5) / (1 - drop), drawn(4, 5)) for drop in (0.3, 0.6)]
    assert "1/(1 - drop)" in lines(*pairs)


def test_a_forgotten_scale_is_named():
    scale = np.array([2.0, 3.0, 0.5])
    assert "divided by scale" in lines(({"x": drawn(4, 3), "scale": scale}, drawn(4, 3) / scale, drawn(4, 3)))
    wide = scale[:, None, None]
    assert "times scale" in lines(
        ({"x": drawn(2, 3, 4, 5), "scale": scale}, drawn(2, 3, 4, 5) * wide, drawn(2, 3, 4, 5))
    )


def test_a_case_of_which_little_is_expected_is_not_shown_for_its_large_error():
    large = ({"x": drawn(4, 5)}, drawn(4, 5) * 0 - 1, drawn(4, 5))
    tiny = ({"x": drawn(3)}, np.ones(3), 1e-9 * drawn(3))
    assert "wrong in 20 of 20 entries" in lines(tiny, large)


def test_an_entry_that_is_not_finite_is_told_with_its_x():
    x, right = np.array([[-1000.0, 2.0], [3.0, 1000.0]]), np.array([[-1.0, 0.9], [0.9, 1.0]])
    wrong = right.copy()
    wrong[1, 1] = np.nan
    seen = [(case("far out", {"x": x}), "y", compare(wrong, right, where="y"))]
    assert not_finite(seen) == (
        "at [1, 1], where x is 1000: expected 1",
        "exp overflows above 709: inf / inf and inf - inf are NaN",
    )
    assert not_finite([(case("one", {}), "loss", compare(np.inf, 2.0, where="loss"))]) == ()


def test_a_small_case_is_shown_where_four_digits_tell_the_difference():
    alike = ({"x": drawn(1)}, np.array([0.14711]), np.array([0.14712]))
    apart = ({"x": drawn(2)}, np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    assert "yours [3., 4.], expected [1., 2.]" in lines(alike, apart)


def test_tiny_numbers_are_written_as_they_are():
    assert "a = [2.e-08]" in lines(({"a": np.array([2e-8])}, np.array([0.5]), np.array([0.2])))


def changed(shape, where, output="y", **inputs):
    yours = drawn(*shape)
    yours[where] += 1 + np.abs(drawn(*yours[where].shape)) if yours[where].shape else 3.0
    return lines((inputs, yours, drawn(*shape)), output=output)


@pytest.mark.parametrize(
    ("shape", "where", "said"),
    [
        ((7,), np.s_[1:4], "where: only entries 1 to 3"),
        ((7,), np.s_[[6]], "where: only entry 6, the last"),
        ((5, 4), np.s_[2], "whole rows, and only number 2"),
        ((5, 4), np.s_[4], "whole rows, and only number 4, the last"),
        ((5, 4), np.s_[:, [0, 2]], "whole columns, and only numbers 0, 2"),
        ((3, 4, 5, 6), np.s_[:, 1], "whole channels, and only number 1"),
        ((3, 4, 5, 6), np.s_[1:], "whole examples, and only numbers 1, 2"),
        ((2, 3, 6, 7), np.s_[:, :, 0, :], "whole rows, and only number 0"),
        ((2, 3, 6, 7), np.s_[:, :, 1::2, :], "numbers 1, 3, 5"),
        ((2, 3, 6, 7), np.s_[1, 2, 3:5, 1:3], "only in"),
    ],
)
def test_the_place_of_the_errors_is_told(shape, where, said):
    assert said in changed(shape, where)


def test_a_border_and_odd_positions_are_recognised():
    inside = np.zeros((2, 3, 6, 7), bool)
    inside[:, :, 1:-1, 1:-1] = True
    assert "only at the border of the images, 1 wide" in changed((2, 3, 6, 7), ~inside)
    even = np.zeros((2, 3, 6, 7), bool)
    even[:, :, ::2, ::2] = True
    assert "not multiples of 2" in changed((2, 3, 6, 7), ~even)
    assert "that are multiples of 2" in changed((2, 3, 6, 7), even)


def test_weights_have_axes_of_their_own():
    assert "whole kernel columns, and only number 0" in changed((4, 3, 2, 5), np.s_[..., 0], output="grad_weight")


def test_patches_are_no_images():
    assert "whole places in a patch, and only number 8, the last" in changed((2, 3, 5, 9), np.s_[..., 8], output="cols")
    edge = np.ones((6, 4, 3, 3), bool)
    edge[..., 1, 1] = False
    assert "border" in changed((6, 4, 3, 3), edge) and "border" not in changed((6, 4, 3, 3), edge, output="patches")


def test_the_sign_of_x_is_told():
    x = drawn(4, 5)
    x[1, 1] = 0
    assert "exactly where x is negative" in changed((4, 5), x < 0, x=x)
    assert "exactly where x is 0" in changed((4, 5), x == 0, x=x)
    assert "exactly where x is 0 or negative" in changed((4, 5), x <= 0, x=x)
    assert "only where x is" not in changed((4, 5), np.s_[0], x=np.abs(x) + 1)  # true of every entry


def test_an_error_that_is_the_same_everywhere():
    assert "every entry is off by 1.5" in lines(({}, drawn(2, 3, 4) + 1.5, drawn(2, 3, 4)))


def test_an_error_that_is_the_same_down_every_column():
    yours = drawn(5, 4) + np.array([1.0, -2.0, 0.5, 3.0])
    assert "the error differs only between columns" in lines(({}, yours, drawn(5, 4)))
    assert "every entry is off by 2" in lines(({}, drawn(5, 4) + 2, drawn(5, 4)))


def test_the_worst_entry_shows_yours_and_expected():
    yours = np.array([1.0, 2.0, 7.0, 4.0])
    text = lines(({"x": np.arange(4.0)}, yours, np.array([1.0, 2.0, 3.0, 4.0])))
    assert "worst at [2], where x is 2: yours 7, expected 3" in text
    assert "wrong in 1 of 4 entries" in text


def test_the_smallest_case_is_written_out():
    small = ({"x": np.array([1.0, -2.0])}, np.array([1.0, 5.0]), np.array([1.0, 3.0]))
    large = ({"x": drawn(9, 8)}, drawn(9, 8) ** 2, drawn(9, 8))
    text = lines(large, small)
    assert "smallest case that fails: x = [ 1., -2.]; y: yours [1., 5.], expected [1., 3.]" in text


def test_the_smallest_case_names_the_item_and_the_call_that_it_comes_from_where_there_are_several():
    """`running1` is no name of the docstring."""
    inputs = {"x": np.array([2.0]), "start": 0}
    calls = ("running1 = update(x, start)", "running2 = update(x, running1)")
    steps = SheetCase("two steps", inputs, calls, ("running2",), {}, {"running2": "running"})
    pair = np.array([1.0]), np.array([3.0])
    found = compare((pair[0], pair[0]), pair, where="running2")
    said = describe([(steps, "running2", found)])["details"][-1]
    assert said.endswith("start = 0; after running2 = update(x, running1), running2[1]: yours [1.], expected [3.]")


def test_a_count_is_written_without_a_point():
    pairs = [({"size": size, "kernel": 3}, np.array(size - 3), np.array(size - 2)) for size in (32, 27)]
    assert "size = 27, kernel = 3; y: yours 24, expected 25" in lines(*pairs) + lines(*pairs[::-1])


def test_a_single_number_needs_no_map():
    assert lines(({"x": drawn(3)}, np.array(2.5), np.array(1.0))).splitlines()[1] == "yours 2.5, expected 1"


# --- patterns that chance explains, and factors that have a name ---------------------------------------------------


def wrong_where(x, mask):
    expected = np.linspace(1.0, 2.0, x.size).reshape(x.shape)
    item = compare(expected + mask, expected, where="y")
    return Wrong(case("a case", {"x": x}), "y", item.yours, item.expected, item.limit, "y")


def test_a_sign_that_few_wrong_entries_share_is_chance():
    x = np.array([[1.0, -2.0, 3.0], [-1.0, 2.0, -3.0]])
    assert by_sign(wrong_where(x, np.arange(6).reshape(2, 3) == 2)) == ""
    assert by_sign(wrong_where(x, x > 0)) == "exactly where x is positive"


def test_maxima_are_positive_by_chance():
    x = np.arange(1.0, 33.0).reshape(4, 8) * np.tile([1, -1], 16).reshape(4, 8)
    maxima = x == x.reshape(4, 2, 4).max(axis=2).repeat(4, axis=1)
    assert not (maxima & (x < 0)).any() and by_sign(wrong_where(x, maxima)) == ""


@pytest.mark.parametrize(
    ("factor_of", "said"),
    [
        (lambda x: 2 / len(x), "2/N"),
        (lambda x: 1 / x.size, "1/(the number of entries)"),
        (lambda x: len(x), "N"),
        (lambda x: 1 / x.shape[1], "1/C"),
    ],
)
def test_factors_of_sizes_are_called_that(factor_of, said):
    seen = []
    for shape in ((3, 4), (5, 2), (7, 6)):
        x = np.random.default_rng(shape).normal(size=shape)
        seen.append((case("a case", {"x": x}), "y", compare(factor_of(x) * x, x, where="y")))
    (line, *_) = describe(seen)["details"]
    assert line == f"factor: yours is {said} times what is expected"


def test_truth_values_are_written_as_such_and_have_no_factor():
    x = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]])
    said = lines(({"x": x}, np.array([True, True, True]), np.array([True, False, True])), output="inside")
    assert "wrong in 1 of 3 entries" in said and "worst at [1]: yours True, expected False" in said
    assert "inside: yours [ True, True, True], expected [ True, False, True]" in said
    assert "factor" not in said and "relative error" not in said
    assert lines(({"x": x}, True, False), output="inside").startswith(
        "inside is True, needs False\nyours True, expected"
    )
