import pytest

from classroom.predict import unseal
from classroom.staff.author.sealing import seal_predictions

CELL = """predict(
    "Wie groß → 5?",
    ["kleiner", "größer"],
    answer="b",
    mine=None,
    because="It doubles: " "2 · 2 "
    "is 4.",
)
claim("L1.1", 3, 3, source="S1-1", statement="answer")"""


def run(source):
    """Run a cell with a predict that records how it was called."""
    calls = []
    exec(source, {"predict": lambda *args, **kwargs: calls.append((args, kwargs)), "claim": lambda *a, **k: None})
    return calls


def test_answers_and_reasons_are_sealed_and_everything_else_stays():
    sealed = seal_predictions(CELL)
    assert 'answer="sealed:' in sealed
    assert "doubles" not in sealed
    assert sealed.splitlines()[-1] == CELL.splitlines()[-1]
    ((before, kept),) = run(CELL)
    ((after, changed),) = run(sealed)
    assert after == before
    assert {key: unseal(value) for key, value in changed.items()} == kept


def test_two_predictions_in_a_cell_are_both_sealed():
    sealed = seal_predictions('predict("a?", answer=1)\npredict("b?", answer=2.5, because="c")')
    assert [unseal(kwargs["answer"]) for _, kwargs in run(sealed)] == [1, 2.5]
    assert sealed.count("sealed:") == 3


@pytest.mark.parametrize(
    "source",
    [
        'predict("a?", answer=float(np.log(10)))',  # computed: nothing to read
        'check("a", answer="b")',
        "%timeit predict('a?', answer=1)",
    ],
)
def test_other_cells_stay_as_they_are(source):
    assert seal_predictions(source) == source
