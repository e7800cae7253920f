"""Links on the pages."""

from links import Crossings, link_sources


def test_ids_of_the_sources_lead_to_their_rows_and_claims_do_not():
    told = link_sources("S1-17, C22; L1.2-tanh", "../")
    assert told == '<a href="../sources.html#S1-17">S1-17</a>, <a href="../sources.html#C22">C22</a>; L1.2-tanh'


def test_claims_and_exercises_cross_at_an_item_of_the_sources():
    crossings = Crossings(
        {
            "S0-1": {"claim": ["L1.1-a"], "exercise": ["neurons/f"]},
            "contradictions": {"C1": {"claim": ["L1.1-a", "L1.2-b"], "exercise": ["neurons/f", "neurons/g"]}},
        }
    )
    assert crossings.exercises["L1.1-a"] == ["neurons/f", "neurons/g"]
    assert crossings.claims["neurons/f"] == ["L1.1-a", "L1.2-b"]
    assert list(crossings.rows) == ["S0-1", "C1"]
