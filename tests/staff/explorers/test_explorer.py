"""The explorers: every setting is drawn and told, in little space."""

import numpy as np
import pytest

from classroom.staff.explorers.placement import EXPLORERS


def test_there_are_eight_or_more_and_each_stays_under_300_kilobytes():
    sizes = {explorer.name: len(explorer.to_html().encode()) for explorer in EXPLORERS}
    assert len(sizes) >= 8
    assert max(sizes.values()) < 300_000


@pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda explorer: explorer.name)
def test_every_setting_is_drawn_and_told_in_a_sentence(explorer):
    frames = explorer.frames()
    assert len(frames) == np.prod([len(values) for values in explorer.controls.values()])
    assert all(svg.startswith("<svg") and words.endswith(".") for svg, words in frames)
    assert len({words for _, words in frames}) > len(frames) / 2
