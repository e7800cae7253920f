"""Where a kernel stops: as many windows as the formula says, and the pixels that none of them sees."""

import itertools

import pytest

from classroom.staff.explorers.padding import PADDING, draw


@pytest.mark.parametrize(("kernel", "stride", "padding"), list(itertools.product(*PADDING.controls.values())))
def test_windows_are_as_many_as_the_formula_says(kernel, stride, padding):
    svg, words = draw(kernel, stride, padding)
    count = (10 + 2 * padding - kernel) // stride + 1
    assert svg.count('class="second"') == count and f": {count} outputs" in words
    assert svg.count('class="zero"') == 2 * padding
    seen = {stride * window - padding + tap for window in range(count) for tap in range(kernel)}
    assert svg.count('class="missed"') == len(set(range(10)) - seen)
    assert ("in no window" in words) == bool(set(range(10)) - seen)


def test_a_border_of_one_keeps_the_size_of_a_kernel_of_three():
    assert "10 outputs" in draw(3, 1, 1)[1] and "1 pixel is in no window" in draw(3, 2, 0)[1]
