import json

import pytest

from classroom.claim import Claim
from classroom.fault import Fault
from classroom.staff.author import claims_page


def lecture(folder, name, *claims):
    """Write a built lecture that shows these claims."""
    cells = [{"cell_type": "markdown", "source": "text"}]
    for claim in claims:
        output = {"output_type": "display_data", "data": {}, "metadata": {"classroom": {"claim": claim.to_json()}}}
        cells.append({"cell_type": "code", "source": "", "outputs": [output, {"output_type": "stream", "text": "x"}]})
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))


def claim(id, verdict="holds", **changed):
    fields = {"statement": "a < b | c", "source": "S1-1", "expected": "1 ± 0.1", "measured": "1.0"}
    return Claim(id=id, verdict=verdict, **(fields | changed))


@pytest.fixture
def course(tmp_path):
    lecture(tmp_path, "01_neuron", claim("L1.1-a"), claim("L1.2-b", "does not hold: it grows"))
    lecture(tmp_path, "02_backprop", claim("L2.1-c", "holds only if x"), claim("L2.2-d", "does not hold"))
    return tmp_path


def test_claims_are_read_in_the_order_of_the_course(course):
    assert [placed.claim.id for placed in claims_page.collect(course)] == ["L1.1-a", "L1.2-b", "L2.1-c", "L2.2-d"]


def test_what_does_not_hold_stands_first_then_conditions(course):
    text = claims_page.page(claims_page.collect(course))
    assert "4 claims: 2 do not hold, 1 hold on a condition, 1 hold." in text
    places = [text.index(id) for id in ("L1.2-b", "L2.2-d", "L2.1-c", "L1.1-a")]
    assert places == sorted(places)
    assert "| [L1.2-b](01_neuron.ipynb) |" in text


def test_every_row_of_the_table_has_six_cells(course):
    rows = [line for line in claims_page.page(claims_page.collect(course)).splitlines() if line.startswith("| [")]
    assert len(rows) == 4
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)
    assert "a &lt; b \\| c" in rows[0]


def test_two_claims_with_one_id_are_refused(course):
    lecture(course, "03_activation", claim("L1.1-a"))
    with pytest.raises(Fault, match=r"L1\.1-a occurs twice, in 01_neuron and in 03_activation"):
        claims_page.collect(course)


@pytest.mark.parametrize("text", ["not json", "{}", '{"cells": 3}'])
def test_a_broken_notebook_is_one_clear_sentence(course, text):
    (course / "03_activation.ipynb").write_text(text)
    with pytest.raises(Fault, match=r"03_activation\.ipynb is not a notebook, build it again"):
        claims_page.collect(course)


def test_a_claim_of_another_version_is_one_clear_sentence(course):
    output = {"output_type": "display_data", "metadata": {"classroom": {"claim": {"id": "L1.1"}}}}
    (course / "03_activation.ipynb").write_text(json.dumps({"cells": [{"outputs": [output]}]}))
    with pytest.raises(Fault, match="another version"):
        claims_page.collect(course)


def test_the_page_is_out_of_step_until_it_is_written(course):
    assert claims_page.out_of_step(course) == "was never written"
    claims_page.write(course)
    assert claims_page.out_of_step(course) == ""
    lecture(course, "03_activation", claim("L3.1-a"))
    assert claims_page.out_of_step(course).startswith("differs from the lectures")


def test_a_course_without_claims_has_no_page(tmp_path):
    claims_page.write(tmp_path)
    assert not (tmp_path / claims_page.NAME).exists()
    assert claims_page.out_of_step(tmp_path) == ""
