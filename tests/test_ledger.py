"""The ledger of a lecture: read, refused with file and line, found where the notebook runs."""

import textwrap

import pytest

from classroom import ledger
from classroom.expectation import Bound
from classroom.fault import Fault

TEXT = """\
# The claims of a lecture.
[claim."L8.2-tanh-0.01"]
statement = \"\"\"
Activations shrink
from layer to layer.\"\"\"
source = "S1-17"
verdict = "holds only if the weights are small"
expected = [0.49, 0.29]
tolerance = 0.005

[prediction.rate-half]
question = "What happens?"
choices = ["it grows", "it shrinks"]
answer = "b"
explanation = "Each step halves it."

[figure.rates]
alt = "One curve falls and one stays level."
"""


@pytest.fixture(autouse=True)
def no_ledger_in_use(monkeypatch):
    monkeypatch.setattr(ledger, "_current", None)


def parse(text):
    return ledger.parse(textwrap.dedent(text), "08_small.toml")


def test_line_breaks_within_a_text_are_spaces():
    entry = parse(TEXT).claim("L8.2-tanh-0.01")
    assert entry.statement == "Activations shrink from layer to layer."
    assert entry.expectation().to_text() == "0.49 0.29 ± 0.005"
    assert entry.place == "08_small.toml, line 2, claim L8.2-tanh-0.01"


def test_choices_are_lettered():
    entry = parse(TEXT).prediction("rate-half")
    assert entry.choices == {"a": "it grows", "b": "it shrinks"}
    assert parse(TEXT).figure("rates").alt.startswith("One curve")


def test_a_limit_is_expected_as_a_limit():
    entry = parse('[claim."L1.1-a"]\nstatement = "s"\nsource = "S1-1"\nat_most = 1e-12').claim("L1.1-a")
    assert entry.expectation().value == Bound("at most", 1e-12)


def test_an_expected_value_is_in_the_ledger_or_computed_and_never_both():
    there = parse(TEXT).claim("L8.2-tanh-0.01")
    with pytest.raises(Fault, match=r"line 2, claim L8\.2-tanh-0\.01: the ledger and the cell both give"):
        there.expectation(computed=[0.5, 0.3])
    absent = parse('[claim."L1.1-a"]\nstatement = "s"\nsource = "S1-1"\ntolerance = 0.1').claim("L1.1-a")
    assert absent.expectation(computed=2.0).to_text() == "2 ± 0.1"
    with pytest.raises(Fault, match="gives no expected value, and neither does the cell"):
        absent.expectation()


CLAIM = '[claim."L1.1-a"]\nstatement = "s"\nsource = "S1-1"\n'
RACE = 'compares = ["sgd", "adam"]\nrates = [0.1, 0.2, 0.5]\nseeds = 3'
QUESTION = '[prediction.a-b]\nquestion = "q?"\nchoices = ["x", "y"]\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[claim."L1.1-a"]\nstatement = "s"\n', "line 1, claim L1.1-a: the key source is missing or empty"),
        ("\n\n" + CLAIM.replace('"s"', '" "'), "line 3, claim L1.1-a: the key statement is missing or empty"),
        (CLAIM + 'verdict = "probably"', "line 1, claim L1.1-a: the verdict 'probably' is none: write 'holds'"),
        (CLAIM + 'verdict = "holds only if"', "the verdict 'holds only if' is none"),
        (CLAIM + "tolerance = 0.1\nrel = 0.1", "give a tolerance or rel, not both"),
        (CLAIM + "at_least = 1\ntolerance = 0.1", "a limit has no tolerance"),
        (CLAIM + "at_least = 1\nexpected = 2", "expected and at_least are given, one of them is needed at most"),
        (CLAIM + 'tolerance = "0.1"', "tolerance is '0.1', it needs to be a number"),
        (CLAIM + "tolerance = -0.1", "tolerance is -0.1, it needs to be 0 or more"),
        (CLAIM + "digits = 2.5", "digits is 2.5, it needs to be a whole number"),
        (CLAIM + "tolerence = 0.1", "tolerence is no key of a claim: there are statement, source"),
        (CLAIM + "expected = 1.0\ntolerance = 0.5\nrefuted_by = 1.2", "the tolerance lets 1.2 through, which would"),
        (CLAIM + "at_least = 1.0\nrefuted_by = 1.0", "the tolerance lets 1.0 through"),
        (CLAIM + "at_least = 1.0\nrefuted_by = [0.5, 2.0]", "the tolerance lets 2.0 through"),
        (
            CLAIM + "expected = [1.0, 2.0]\ntolerance = 0.1\nrefuted_by = [1.0, 3.0]",
            'the tolerance lets 1.0 through, .* a number that would be the same then is "context"',
        ),
        (CLAIM + "expected = [[1, 2], [3, 4]]\nrefuted_by = [[2, 1], [3, 5]]", "the tolerance lets 3 through"),
        (
            CLAIM + 'expected = [1, 2]\nrefuted_by = ["context", "context"]',
            "refuted_by is context alone: one number or more decides",
        ),
        (
            CLAIM + 'expected = [1, 2]\nrefuted_by = ["same", 1]',
            r"refuted_by is \['same', 1\], it needs to be a number",
        ),
        (CLAIM + "expected = 1\nrefuted_by = true", "refuted_by is True, it needs to be a number"),
        (
            CLAIM + "expected = [1.0, 2.0]\nrefuted_by = 3.0",
            r"refuted_by has the shape \(\), .* has \(2",
        ),
        (
            CLAIM + 'compares = ["sgd"]\nrates = [0.1, 0.2, 0.5]\nseeds = 3',
            "compares names 1 methods, a",
        ),
        (CLAIM + RACE.replace("0.5]", "]"), "sgd was given 2 rates, it needs three or more"),
        (CLAIM + RACE.replace("0.5]", "0.1]"), "sgd was given 2 rates, it needs three or more"),
        (CLAIM + RACE.replace("= 3", "= 2"), "seeds is 2, methods are compared over three or more"),
        (CLAIM + RACE.replace("[0.1", "{sgd = [0.1").replace("5]", "5]}"), "one for each of sgd, adam"),
        (CLAIM + 'compares = "sgd"', "compares is 'sgd', it needs to be a list of texts"),
        (CLAIM + 'rates = ["fast"]', r"rates is \['fast'\], it needs to be a list of numbers"),
        ('[claim."8.2"]\nstatement = "s"\nsource = "S1-1"', "the id '8.2' is not like L8.2-tanh-0.01"),
        (QUESTION, "line 1, prediction a-b: the key answer is missing or empty"),
        (QUESTION + 'answer = "c"', "answer = 'c' is no choice: write one of a, b"),
        (QUESTION.replace('["x", "y"]', '"x"') + "answer = 1", "choices is 'x', it needs to be a list of texts"),
        ('[prediction.A]\nquestion = "q?"\nanswer = 1', "the id 'A' is not like rate-half"),
        ("[figure.a]\n", "line 1, figure a: the key alt is missing or empty"),
        ('[figure.a]\nalt = "x"\nvaries = 1', "varies is 1, it needs to be true or false"),
        ("[claims.a]\n", r"\[claims\] is no kind of entry: write \[claim"),
        ("claim = 3", "claim = 3 is no entry"),
        (CLAIM + CLAIM, r"08_small.toml: Cannot declare .* \(at line 4"),
        ('[claim."L1.1-a"]\nstatement = s', r"08_small.toml: Invalid value \(at line 2"),
    ],
)
def test_a_malformed_entry_is_one_sentence_with_its_line(text, sentence):
    with pytest.raises(Fault, match=sentence):
        ledger.parse(text, "08_small.toml")


def test_a_value_that_would_refute_is_outside_the_tolerance():
    assert parse(CLAIM + "expected = 1.0\ntolerance = 0.1\nrefuted_by = 1.2").claim("L1.1-a").refuted_by == 1.2


def test_a_number_that_both_verdicts_share_is_context_and_the_others_refute():
    row = parse(CLAIM + 'expected = [1.0, 2.0]\ntolerance = 0.1\nrefuted_by = ["context", 3.0]').claim("L1.1-a")
    assert row.expectation().why_not([1.0, 3.0]) == "1 of 2 entries are outside the tolerance"
    parse(CLAIM + 'expected = [[1, 2], [3, 4]]\nrefuted_by = [[2, 1], ["context", 5]]')


def test_a_value_that_would_refute_is_outside_a_tolerance_that_the_lecture_computes():
    entry = parse(CLAIM + "rel = 0.5\nrefuted_by = 2.0").claim("L1.1-a")
    assert entry.expectation(computed=1.0).to_text() == "1 ± 50 %"
    with pytest.raises(Fault, match=r"the tolerance lets 2\.0 through"):
        entry.expectation(computed=1.5)


def test_a_comparison_gives_each_method_its_rates_unless_the_statement_fixes_the_rate():
    assert parse(CLAIM + RACE).claim("L1.1-a").rates == [0.1, 0.2, 0.5]
    own = 'compares = ["sgd", "adam"]\nseeds = 3\nrates = {sgd = [0.1, 0.2, 0.5], adam = [0.01, 0.02, 0.05]}'
    assert parse(CLAIM + own).claim("L1.1-a").rates["adam"] == [0.01, 0.02, 0.05]
    fixed = 'compares = ["sgd", "adam"]\nseeds = 3\nconditions = "at the same rate"'
    assert parse(CLAIM + fixed).claim("L1.1-a").conditions == "at the same rate"


def test_an_entry_that_is_not_there_suggests_the_nearest():
    with pytest.raises(Fault, match=r"prediction 'rate-halve' has no entry .*: did you mean"):
        parse(TEXT).prediction("rate-halve")
    with pytest.raises(Fault, match=r'add \[claim\."L8\.3"\] there'):
        parse(TEXT).claim("L8.3")


@pytest.mark.parametrize("place", [".", "course"])
def test_a_lecture_finds_its_ledger_beside_it_and_below_in_course(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / place).mkdir(exist_ok=True)
    (tmp_path / place / "08_small.toml").write_text(TEXT)
    ledger.use("08_small")
    assert ledger.current().claim("L8.2-tanh-0.01").source == "S1-17"


def test_what_readers_get_is_found_and_cannot_be_read_in_passing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    obscured = ledger.write_obscured(TEXT)
    assert "shrinks" not in obscured
    (tmp_path / "08_small.ledger").write_text(obscured)
    ledger.use("08_small")
    assert ledger.current().prediction("rate-half").answer == "b"
    (tmp_path / "08_small.ledger").write_text(obscured[:50])
    with pytest.raises(Fault, match=r"08_small\.ledger: .*damaged"):
        ledger.use("08_small")


def test_a_ledger_that_is_missing_is_one_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fault, match=r"the ledger of 08_small is not in .*keep 08_small\.toml .*beside the notebook"):
        ledger.use("08_small")
    with pytest.raises(Fault, match="no ledger is in use: run the first cell"):
        ledger.current()
