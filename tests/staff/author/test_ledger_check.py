"""A lecture, its ledger and its notebook say the same: each disagreement is found, with its line."""

import copy
import re
import sys

import nbformat
import pytest

from classroom import ledger
from classroom.claim import Claim
from classroom.fault import Fault
from classroom.predict import ask
from classroom.staff.author.ledger_check import checked_ledger, what_differs

pytestmark = pytest.mark.slow

TEXT = """\
# %%
from classroom import claim, figure, ledger, predict

ledger.use("08_small")

# %%
predict("which")

# %%
claim("L8.1-size", 0.4923)
claim("L8.2-speed", 218.3)
claim("L8.3-formula", [1.0, 2.01], [1.0, 2.0])
claim("L8.4-order", "after")
figure.show(fig, "curve")
"""
LEDGER = """\
[prediction.which]
question = "Which one?"
choices = ["it grows", "it shrinks"]
answer = "b"

[claim."L8.1-size"]
statement = "Activations shrink."
source = "S1-17"
expected = 0.49
tolerance = 0.01

[claim."L8.2-speed"]
statement = "It is fast."
source = "S1-18"
verdict = "holds only if the image is small"
at_least = 50

[claim."L8.3-formula"]
statement = "It grows."
source = "S1-19"
tolerance = 0.1

[claim."L8.4-order"]
statement = "Batch norm stands after the activation."
source = "S1-20"
expected = "after"

[figure.curve]
alt = "A curve that rises from left to right."
"""
VALUES = {"L8.1-size": (0.4923,), "L8.2-speed": (218.3,), "L8.3-formula": ([1.0, 2.01], [1.0, 2.0])}


@pytest.fixture
def lecture(tmp_path):
    """Write a lecture and its ledger; call it with other texts to change them."""

    def write(text=TEXT, words=LEDGER):
        path = tmp_path / "08_small.py"
        path.write_text(text)
        path.with_suffix(".toml").write_text(words)
        return path

    return write


@pytest.fixture
def shown(monkeypatch):
    """Make the small lecture's calls and return their outputs, as a notebook holds them."""
    words = ledger.parse(LEDGER, "08_small.toml")
    made = []
    monkeypatch.setattr(ledger, "_current", words)
    monkeypatch.setattr(sys.modules["classroom.claim"], "show", made.append)
    from classroom import claim

    for id, arguments in (VALUES | {"L8.4-order": ("after",)}).items():
        claim(id, *arguments)
    made.append(ask(words.prediction("which")))
    outputs = [
        nbformat.v4.new_output(
            "display_data",
            {"text/plain": one.to_text(), "text/html": one.to_html()},
            metadata={"classroom": {type(one).__name__.lower(): one.to_json()}},
        )
        for one in made
    ]
    alt = {"classroom": {"alt": words.figure("curve").alt}}
    outputs.append(nbformat.v4.new_output("display_data", {"text/plain": "figure"}, metadata=alt))
    return outputs


def record(shown, id):
    return next(
        one.metadata.classroom["claim"] for one in shown if one.metadata.classroom.get("claim", {}).get("id") == id
    )


def redraw(shown):
    """Let the texts follow the records, as somebody would who changes a notebook with care."""
    for output in shown:
        if "claim" in output.metadata.classroom:
            one = Claim(**output.metadata.classroom["claim"])
            output.data = {"text/plain": one.to_text(), "text/html": one.to_html()}


def test_a_lecture_and_a_ledger_that_agree_are_read(lecture):
    assert list(checked_ledger(lecture()).entries["claim"]) == ["L8.1-size", "L8.2-speed", "L8.3-formula", "L8.4-order"]


def test_a_lecture_without_claims_needs_no_ledger(tmp_path):
    path = tmp_path / "08_small.py"
    path.write_text("# %%\n%time\n1 + 1\n")
    assert checked_ledger(path) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('claim("L8.1-size"', 'claim("L8.1-sise"'), r"08_small\.py, line 10: claim L8\.1-sise has no entry"),
        (
            ('claim("L8.1-size", 0.4923)\n', ""),
            r"08_small\.toml, line 6, claim L8\.1-size: no cell of 08_small\.py uses",
        ),
        (('predict("which")', "pass"), r"08_small\.toml, line 1, prediction which: no cell of 08_small\.py uses it"),
        (('figure.show(fig, "curve")', ""), r"line 28, figure curve: no cell"),
        (('claim("L8.1-size"', 'claim(f"L8.{1}-size"'), r"line 10: the id of a claim is written out"),
        (('figure.show(fig, "curve")', 'figure.show(fig, "curve"), figure.show(fig)'), "id of a figure is written out"),
        (('claim("L8.2-speed"', 'claim("L8.1-size"'), r"line 11: claim L8\.1-size is used in line 10 already"),
        (('ledger.use("08_small")', ""), r'it says ledger\.use\("08_small"\) once'),
        (('ledger.use("08_small")', 'ledger.use("07_small")'), r'it says ledger\.use\("08_small"\) once'),
        (("claim(", "claim(("), r"08_small\.py, line \d+: "),
    ],
)
def test_an_entry_without_a_cell_and_a_cell_without_an_entry_are_found_with_their_lines(lecture, change, sentence):
    with pytest.raises(Fault, match=sentence):
        checked_ledger(lecture(TEXT.replace(*change)))


def test_a_claim_carries_the_number_of_its_lecture(lecture):
    with pytest.raises(Fault, match=r"line 10: claim L7\.1-size carries the number of another lecture"):
        checked_ledger(lecture(TEXT.replace("L8.1-size", "L7.1-size"), LEDGER.replace("L8.1-size", "L7.1-size")))


def test_a_lecture_without_its_ledger_is_one_sentence(lecture):
    path = lecture()
    path.with_suffix(".toml").unlink()
    with pytest.raises(Fault, match=r"there is no ledger .*08_small\.toml: it lies beside the lecture"):
        checked_ledger(path)


def test_a_number_that_both_verdicts_share_may_lie_within_a_computed_tolerance(shown):
    words = LEDGER.replace("tolerance = 0.1", 'tolerance = 0.1\nrefuted_by = ["context", 1.0]')
    assert what_differs(shown, ledger.parse(words, "08_small.toml")) == ""


def test_a_built_lecture_that_agrees_with_its_ledger_has_no_difference(shown):
    assert what_differs(shown, ledger.parse(LEDGER, "08_small.toml")) == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("tolerance = 0.01", "tolerance = 0.02"), "0.49 ± 0.01 was expected, the ledger says 0.49 ± 0.02"),
        (("expected = 0.49", "expected = 0.5"), "the ledger says 0.5 ± 0.01"),
        (("tolerance = 0.01", "tolerance = 0.01\ndigits = 3"), "0.49 is not the recorded number, which reads 0.492"),
        (
            ("tolerance = 0.01", "tolerance = 0.01\nspread = 0.009"),
            r"claim L8\.1-size .* 0\.4923 comes nearer to its limit than processors are to each other \(0\.009\)",
        ),
        (
            ("tolerance = 0.1", "tolerance = 0.1\nrefuted_by = [2.0, 2.05]"),
            r"claim L8\.3-formula .* the tolerance lets 2\.05 through",
        ),
        (("tolerance = 0.1", "rel = 0.1"), "1 2 ± 0.1 was expected, the ledger says ± 10 %"),
        (("tolerance = 0.1", "tolerance = 0.2"), "1 2 ± 0.1 was expected, the ledger says ± 0.2"),
        (("tolerance = 0.1", "tolerance = 0.1\nrefuted_by = [2.0]"), "refuted_by has 1 numbers, 2 were measured"),
        (("at_least = 50", "at_least = 60"), "at least 50 was expected, the ledger says at least 60"),
        (('expected = "after"', 'expected = "before"'), "after was expected, the ledger says before"),
        (("only if the image is small", "only if it is large"), "claim L8.2-speed .* the verdict is another"),
        (("Activations shrink.", "Activations grow."), "claim L8.1-size .* the statement is another"),
        (('source = "S1-19"', 'source = "S1-20"'), "claim L8.3-formula .* the source is another"),
        (('answer = "b"', 'answer = "a"'), "prediction which .* the words are others"),
        (("from left to right", "from right to left"), "a figure's description is not in the ledger"),
    ],
)
def test_whatever_is_changed_in_the_ledger_the_notebook_is_found_to_differ(shown, change, sentence):
    assert re.search(sentence, what_differs(shown, ledger.parse(LEDGER.replace(*change), "08_small.toml")))


@pytest.mark.parametrize(
    ("id", "change", "sentence"),
    [
        ("L8.1-size", {"measured": "0.47"}, "0.47 is not the recorded number, which reads 0.49"),
        ("L8.1-size", {"measured": "0.52", "values": [0.5199]}, "0.52 is outside the tolerance"),
        ("L8.2-speed", {"measured": "40", "values": [40.0]}, "40 is outside the tolerance"),
        ("L8.3-formula", {"measured": "1.0 2.2"}, "2.2 is shown where 2.01 was measured"),
        ("L8.3-formula", {"measured": "1.0"}, "1.0 is not one number for each of the 2 measured"),
        ("L8.4-order", {"measured": "before"}, "before is another value than after"),
        ("L8.1-size", {"verdict": "does not hold"}, "the verdict is another"),
    ],
)
def test_a_changed_number_or_verdict_in_the_notebook_is_found(shown, id, change, sentence):
    words = ledger.parse(LEDGER, "08_small.toml")
    record(shown, id).update(change)
    assert what_differs(shown, words) != ""
    redraw(shown)
    assert sentence in what_differs(shown, words)


def test_a_text_that_is_not_its_record_is_found(shown):
    words = ledger.parse(LEDGER, "08_small.toml")
    for kind in ("text/plain", "text/html"):
        changed = copy.deepcopy(shown)
        changed[0].data[kind] = changed[0].data[kind].replace("0.49", "0.48")
        assert "what is shown is not what was recorded" in what_differs(changed, words)


def test_an_output_of_another_version_is_found(shown):
    record(shown, "L8.1-size")["seen"] = "0.49"
    assert "another version of the course" in what_differs(shown, ledger.parse(LEDGER, "08_small.toml"))
