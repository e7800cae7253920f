"""Neurons as half-planes: what is shaded has the area of the polygon that they cut out."""

import re

import numpy as np
import pytest

from classroom.staff.explorers.polygon import POLYGON, draw

SQUARE = 16  # the area that is drawn, 4 by 4


def share(words):
    return int(re.search(r"(\d+) %", words)[1]) / 100


@pytest.mark.parametrize("sides", [4, 5, 6, 8])
def test_an_and_shades_the_regular_polygon_around_the_unit_circle(sides):
    svg, words = draw(sides, 0)
    assert share(words) == pytest.approx(sides * np.tan(np.pi / sides) / SQUARE, abs=0.015)
    assert svg.count("<polyline") == sides and "all of" in words


@pytest.mark.parametrize("sides", POLYGON.controls["sides"])
def test_the_more_neurons_may_be_silent_the_more_is_shaded(sides):
    shares = [share(draw(sides, silent)[1]) for silent in POLYGON.controls["may_be_silent"]]
    assert shares == sorted(shares) and shares[0] < shares[-1]
