"""The picture of the house is drawn from its imports, and is in step with them."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DRAWING = runpy.run_path(str(ROOT / "docs" / "architecture.py"))


def test_the_picture_is_what_the_imports_say():
    committed = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    assert committed == DRAWING["draw"](), "run  python docs/architecture.py"


def test_a_room_stands_above_all_that_it_imports():
    floors = DRAWING["floors"]({"cellar": set(), "kitchen": {"cellar"}, "roof": {"cellar", "kitchen"}})
    assert floors == [["cellar"], ["kitchen"], ["roof"]]


def test_an_arrow_that_a_longer_way_implies_is_left_out():
    reduced = DRAWING["reduced"]({"cellar": set(), "kitchen": {"cellar"}, "roof": {"cellar", "kitchen"}})
    assert reduced == {"cellar": set(), "kitchen": {"cellar"}, "roof": {"kitchen"}}


def test_rooms_that_import_each_other_are_an_error():
    with pytest.raises(ValueError, match="these rooms import each other in a circle: kitchen, roof"):
        DRAWING["floors"]({"cellar": set(), "kitchen": {"roof"}, "roof": {"kitchen"}})


def test_every_module_that_the_page_names_exists():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:staff|judge|call|classroom|tests|docs|course)/[\w/]*\.\w+)`", page)
    places = [ROOT, ROOT / "classroom"]
    assert len(named) > 12
    assert [name for name in named if not any((place / name).exists() for place in places)] == []
