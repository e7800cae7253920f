"""What a claim owes its reader is asked of the ledger and of the lecture's text."""

import re

import pytest

from classroom import ledger
from classroom.fault import Fault
from classroom.staff.author.evidence import unproven

TEXT = """\
%matplotlib inline
for seed in range(3):
    for rate in (0.1, 0.2, 0.5):
        run(rate, seed)
claim("L8.1-a", min(one, other))
"""
CLAIM = '[claim."L8.1-a"]\nstatement = "{}"\nsource = "S1-1"\n'
PLAIN = CLAIM.format("It shrinks.")
RACE = CLAIM.format("Momentum learns faster than plain steps.")
FAIR = RACE + 'at_least = 2\nrefuted_by = 1\ncompares = ["sgd", "momentum"]\nrates = [0.1, 0.2, 0.5]\nseeds = 3\n'


def lacks(tmp_path, words, text=TEXT):
    path = tmp_path / "08_small.py"
    path.write_text(text)
    return unproven(path, ledger.parse(words, "08_small.toml"))


@pytest.mark.parametrize(
    "words",
    [
        PLAIN + "expected = 1.0\ntolerance = 0.1\nrefuted_by = 2.0",
        PLAIN + "expected = 1.0",
        PLAIN + "at_most = 1e-12",
        PLAIN + "expected = 1.0\ntolerance = 1e-12",
        PLAIN + 'verdict = "does not hold: it grows"\nconditions = "any weights"\nexpected = 1',
        FAIR,
        FAIR.replace("rates = [0.1, 0.2, 0.5]", 'conditions = "one rate"').replace("faster", "faster at the same rate"),
        RACE + 'conditions = "two layers of one network"\nexpected = 1',
    ],
)
def test_a_claim_that_can_fail_lacks_nothing(tmp_path, words):
    assert lacks(tmp_path, words) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (PLAIN + "expected = 1.0\ntolerance = 0.1", r"08_small\.toml, line 1, claim L8\.1-a: refuted_by is missing"),
        (PLAIN + "rel = 0.1", "refuted_by is missing"),
        (PLAIN + "at_least = 0.0", "refuted_by is missing"),
        (PLAIN + "at_most = 0.1", "refuted_by is missing"),
        (PLAIN + 'verdict = "does not hold"\nconditions = "any"\nexpected = 1', "the verdict says why"),
        (PLAIN + 'verdict = "does not hold: why"\nexpected = 1', "conditions is missing"),
        (RACE + "expected = 1", "it compares what is trained"),
        (FAIR.replace("rates = [0.1, 0.2, 0.5]", 'conditions = "one rate"'), "the statement itself says at which rate"),
        (PLAIN + "expected = true", "a claim shows the number that was measured"),
        (PLAIN + "expected = [[0.5, 2], [1, false]]", "a claim shows the number that was measured"),
        (FAIR.replace("0.2, 0.5]", "0.3, 0.5]"), r"the lecture has no row of the rates 0\.1, 0\.3, 0\.5"),
        (FAIR.replace("seeds = 3", "seeds = 4"), "the lecture runs over no 4 seeds: write  for seed in range"),
    ],
)
def test_what_a_claim_lacks_is_one_sentence_with_its_line(tmp_path, words, sentence):
    (lack,) = lacks(tmp_path, words)
    assert re.search(sentence, lack)


@pytest.mark.parametrize(
    "statement",
    [
        "The drop pays: the last five validation losses are smaller than at the first one.",
        "Batch norm makes the landscape smoother: along the gradient the loss ranges less.",
        "It does so by making learning by heart harder.",
        "Dropout lowers the test loss of a network.",
        "Pooling helps against overfitting.",
        "Both give the same test accuracy, with fewer steps.",
        "Depth makes training speed up.",
    ],
)
def test_a_comparison_of_trained_methods_is_found_by_its_words(tmp_path, statement):
    (lack,) = lacks(tmp_path, CLAIM.format(statement) + "expected = 1")
    assert "it compares what is trained" in lack


@pytest.mark.parametrize(
    "statement",
    [
        "The network learns one batch by heart.",
        "The maximum is larger than the mean.",
        "The test accuracy is at least 0.9.",
        "A pattern in the image is found.",
    ],
)
def test_a_statement_that_compares_nothing_trained_needs_no_rates(tmp_path, statement):
    assert lacks(tmp_path, CLAIM.format(statement) + "expected = 1") == []


@pytest.mark.parametrize("value", ["min(50.0, ratio)", "[np.clip(ratio, 0, 50)]", "np.minimum(2.0, ratio)"])
def test_a_value_that_was_cut_off_at_a_limit_is_found(tmp_path, value):
    (lack,) = lacks(tmp_path, FAIR, TEXT.replace("min(one, other)", value))
    assert lack.startswith("08_small.py, line 5: a claim shows what was measured")


def test_a_lecture_that_is_no_python_is_one_sentence(tmp_path):
    with pytest.raises(Fault, match=r"08_small\.py, line 1: "):
        lacks(tmp_path, FAIR, "claim((")


def test_seeds_are_run_over_and_not_any_number_of_the_lecture(tmp_path):
    loop = "for seed in range(3):"
    for other in ("for layer in range(3):", "depth = 3\nfor seed in range(2):"):
        (lack,) = lacks(tmp_path, FAIR, TEXT.replace(loop, other).replace("min(one, other)", "one"))
        assert "the lecture runs over no 3 seeds" in lack
    runs = "rates = (0.1, 0.2, 0.5)\n"
    for way in ("SEEDS = range(3)", "def learn(rate, seeds=3): pass", "found = [run(seed) for seed in range(3)]"):
        assert lacks(tmp_path, FAIR, runs + way) == []
