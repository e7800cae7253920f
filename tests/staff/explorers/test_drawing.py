"""Small drawings in SVG: places on the canvas, and words that cannot break out of it."""

import numpy as np

from classroom.staff.explorers import drawing


def test_words_are_escaped_and_numbers_short():
    assert drawing.text(1 / 3, 2, "a < b & c", "small", "end") == (
        '<text x="0.3333" y="2" text-anchor="end" class="small">a &lt; b &amp; c</text>'
    )
    assert drawing.rect(0, 0, 1234.5678, 2, "first") == '<rect class="first" x="0" y="0" width="1235" height="2"/>'
    assert 'fill-opacity="0.45"' in drawing.rect(0, 0, 1, 1, "first", 0.45)


def test_points_lie_where_their_numbers_say_and_what_is_outside_lies_on_the_edge():
    axes = drawing.Axes((100, 10, 300, 110), (0, 10), (-1, 1))
    assert axes.at(0, -1) == [(100, 110)] and axes.at(10, 1) == [(300, 10)] and axes.at(5, 0) == [(200, 60)]
    assert axes.at(np.array([-5, 50]), np.array([9, -9])) == [(100, 10), (300, 110)]


def test_a_tick_stands_on_its_line():
    frame = drawing.Axes((100, 10, 300, 110), (0, 10), (-1, 1)).frame("step", "loss", [(0, "zero")])
    assert '<polyline class="grid" points="100,60 300,60"/>' in frame
    assert '<text x="94" y="65" text-anchor="end" class="small">zero</text>' in frame


def test_a_canvas_is_hidden_from_readers_of_the_screen_whose_words_stand_beside_it():
    svg = drawing.canvas([drawing.dots([(1, 2), (3, 4)], "first"), drawing.line([(0, 0), (5, 5)], "thin")], 50)
    assert svg.startswith('<svg viewBox="0 0 640 50" aria-hidden="true">') and svg.count("<circle") == 2
    assert '<polyline class="thin" points="0,0 5,5"/></svg>' in svg
