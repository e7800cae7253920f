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
        found[rate] = run(rate, seed)
claim("L8.1-a", min(one, *found))
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
        (FAIR.replace("0.2, 0.5]", "0.3, 0.5]"), r"it is not computed from a row of the rates 0\.1, 0\.3, 0\.5"),
        (FAIR.replace("seeds = 3", "seeds = 4"), "it is not computed from a loop over 4 seeds: write  for seed in"),
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
    (lack,) = lacks(tmp_path, FAIR, TEXT.replace("min(one, *found)", f"{value}, found"))
    assert lack.startswith("08_small.py, line 5: a claim shows what was measured")


def test_a_value_that_was_cut_off_and_then_given_a_name_is_found(tmp_path):
    text = TEXT.replace('claim("L8.1-a", min(one, *found))', 'ratio = min(50.0, one)\nclaim("L8.1-a", [ratio, found])')
    (lack,) = lacks(tmp_path, FAIR, text)
    assert lack.startswith("08_small.py, line 5: a claim shows what was measured")
    assert lacks(tmp_path, FAIR, text.replace("min(50.0, one)", "f(min(50.0, one))")) == []


def test_a_lecture_that_is_no_python_is_one_sentence(tmp_path):
    with pytest.raises(Fault, match=r"08_small\.py, line 1: "):
        lacks(tmp_path, FAIR, "claim((")


def test_seeds_are_run_over_and_not_any_number_of_the_lecture(tmp_path):
    loop = "for seed in range(3):"
    for other in ("for layer in range(3):", "depth = 3\nfor seed in range(2):"):
        (lack,) = lacks(tmp_path, FAIR, TEXT.replace(loop, other))
        assert "it is not computed from a loop over 3 seeds" in lack


@pytest.mark.parametrize(
    "way",
    [
        "SEEDS = range(3)\nfound = [run(rates, seed) for seed in SEEDS]\n",
        "def learn(rate, seeds=3):\n    return sum(run(rate, seed) for seed in range(seeds))\nfound = learn(rates)\n",
        "found = [run(rates, seed) for seed in range(3)]\n",
    ],
)
def test_seeds_are_written_in_one_of_these_ways(tmp_path, way):
    assert lacks(tmp_path, FAIR, "rates = (0.1, 0.2, 0.5)\n" + way + 'claim("L8.1-a", found)\n') == []


def test_the_loop_over_seeds_of_another_claim_is_not_this_one_s(tmp_path):
    other = "for seed in range(3):\n    others[seed] = run(seed)\nfound = run(0)\n"
    text = "rates = (0.1, 0.2, 0.5)\n" + other + 'claim("L8.1-b", others)\nclaim("L8.1-a", [found, rates])\n'
    (lack,) = lacks(tmp_path, FAIR, text)
    assert "claim L8.1-a: it is not computed from a loop over 3 seeds" in lack
    (lack,) = lacks(tmp_path, FAIR, text.replace("[found, rates]", "others"))
    assert "claim L8.1-a: it is not computed from a row of the rates" in lack
