"""What one output sees: as wide as the formula says, with holes where every layer has the same dilation."""

import itertools

import pytest

from classroom.staff.explorers.view import VIEW, draw


@pytest.mark.parametrize(("layers", "kernel", "dilation"), list(itertools.product(*VIEW.controls.values())))
def test_the_lowest_row_is_as_wide_as_the_receptive_field(layers, kernel, dilation):
    svg, words = draw(layers, kernel, dilation)
    widths = [1 + depth * (kernel - 1) * dilation for depth in range(layers + 1)]
    assert svg.count("<rect") == sum(widths)
    assert words.startswith(f"One output sees {widths[-1]} pixel")
    assert ("never sees" in words) == (kernel > 1 and dilation > 1)
    assert ("never sees" in words) == ('class="missed"' in svg.rpartition("layer 1")[2])


def test_most_paths_lead_to_the_middle():
    assert "sees 9 pixels of a row; nine of ten paths lead to 6 of them" in draw(4, 3, 1)[1]
