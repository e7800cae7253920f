"""The page of the sources names the five lectures, their authors, and where and when they were given."""

import re

import pytest
from links import Crossings
from sources_page import sources_page

ROWS = {
    "S0-1": {"what": "a filter & its map", "claim": ["L1.1-a", "L9.9-gone"], "exercise": ["neurons/neuron_forward"]},
    "S4-2": {"what": "a neuron", "place": ["01_neuron: a circle"]},
    "contradictions": {"C1": {"what": "two momentums"}},
}
PAGE = sources_page(Crossings(ROWS), {"L1.1-a": "01_neuron"})


@pytest.mark.parametrize(
    ("deck", "author", "given"),
    [
        ("S0", "I. E. Ivanov", "13 October 2023"),
        ("S1", "Zuzana Černeková and Viktor Kocur", "no university and no date"),
        ("S2", "Dmitry V. Girdyuk", "St Petersburg State University (PM-PU), 29 March 2025"),
        ("S3", "Alexander Yu. Avdyushenko", "17 February 2022"),
        ("S4", "not named on the slides", "without a date"),
    ],
)
def test_a_deck_is_named_with_author_university_and_date_as_far_as_it_tells(deck, author, given):
    (row,) = re.findall(rf"^\| {deck} \|.*$", PAGE, re.MULTILINE)
    _, title, by, told = (cell.strip() for cell in row.strip("|").split("|"))
    assert len(title.split()) >= 4 and by == author and given in told


def test_an_item_has_an_anchor_and_leads_to_its_places():
    (row,) = re.findall(r'^<tr id="S0-1">.*$', PAGE.replace("<tbody>", "\n"), re.MULTILINE)
    assert "a filter &amp; its map" in row
    assert 'href="lectures/01_neuron.html#L1.1-a"' in row and "L9.9-gone" not in row
    assert 'href="assignments/neurons.html#exercise-neuron_forward"' in row
    assert '<a href="lectures/01_neuron.html">lecture 1</a>' in PAGE
    assert '<tr id="C1">' in PAGE.partition("## Remarks")[2]
