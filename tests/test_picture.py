"""The picture of a check shows what the check says today."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from classroom.judge.message import message

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def drawing():
    spec = importlib.util.spec_from_file_location("picture_of_a_check", DOCS / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(drawing):
    return drawing.verdict()


def test_one_of_two_gradients_is_right_and_the_other_is_1_over_n_times_too_small(found):
    assert found.points == 3.5 and found.parts["grad_x"] and not found.parts["grad_slope"]
    assert "factor: yours is 1/N times what is expected" in message(found).folded


@pytest.mark.parametrize("name", ["check.png", "check-narrow.png"])
def test_the_page_holds_the_whole_message(drawing, found, name):
    shown = drawing.page(found, drawing.PICTURES[DOCS / name])
    assert all(line in shown for line in (message(found).headline, "check.hint(&quot;prelu_backward"))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here: apt-get install chromium")
@pytest.mark.parametrize("name", ["check.png", "check-narrow.png"])
def test_it_is_drawn_in_the_size_of_the_one_that_ships(drawing, tmp_path, name):
    drawing.draw(tmp_path / name, drawing.PICTURES[DOCS / name])
    head = [path.read_bytes()[:24] for path in (tmp_path / name, DOCS / name)]
    assert head[0] == head[1] and head[0][1:4] == b"PNG"
