"""Each explorer stands behind a cell of its lecture."""

import pytest

from classroom.fault import Fault
from classroom.staff.explorers.placement import EXPLORERS, placed


def test_an_explorer_stands_behind_its_cell():
    cells = [{"cell_type": "code", "source": source} for source in ('draw("padding-explorer", "sizes")', "x = 1")]
    padding = next(one for one in EXPLORERS if one.name == "padding")
    cells[0]["source"] = f'figure.show(fig, "{padding.after}")'
    first, explorer, last = placed(cells, padding.lecture)
    assert [first, last] == cells
    assert explorer["metadata"] == {"explorer": "padding"}
    assert explorer["source"] == padding.to_html()


def test_an_explorer_whose_cell_is_gone_stops_the_build():
    with pytest.raises(Fault, match="has no cell for the explorer padding"):
        list(placed([{"cell_type": "code", "source": "x = 1"}], "05_convolution"))
