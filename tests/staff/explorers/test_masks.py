"""Dropout's masks: what is drawn is what is told, and no unit is lost without dropout."""

import re

import pytest

from classroom.staff.explorers.masks import MASKS, draw

UNITS = 6 + 8 + 8  # the output is never dropped


@pytest.mark.parametrize("drop", MASKS.controls["drop"])
@pytest.mark.parametrize("step", MASKS.controls["step"])
def test_as_many_units_are_drawn_on_as_are_told(drop, step):
    svg, words = draw(drop, step)
    on, total, each, sum_of = map(float, re.findall(r"(?<![\w,])\d+(?:\.\d+)?", words.split(":", 1)[1])[:4])
    assert (svg.count('class="first"'), svg.count('class="off"')) == (on + 1, UNITS - on) and total == UNITS
    assert each == pytest.approx(1 / (1 - drop), rel=1e-2) and sum_of == pytest.approx(on / (1 - drop), rel=1e-2)


def test_without_dropout_every_connection_is_there_and_with_it_steps_differ():
    assert draw(0.0, 1)[0].count("<polyline") == 6 * 8 + 8 * 8 + 8
    assert len({draw(0.5, step)[0] for step in MASKS.controls["step"]}) == len(MASKS.controls["step"])
