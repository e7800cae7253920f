import subprocess
import sys

import numpy as np
import pytest

from classroom import claim, ledger
from classroom.claim import COLOURS, Claim, ClaimError
from classroom.expectation import at_most
from classroom.fault import Fault

LEDGER = """\
[claim."L8.2-tanh"]
statement = "Activations shrink."
source = "S1-17"
expected = 0.49
tolerance = 0.01

[claim."L8.3-limit"]
statement = "It is fast."
source = "S1-18"
verdict = "holds only if the image is small"
at_least = 50

[claim."L8.4-formula"]
statement = "It grows."
source = "S1-19"
rel = 0.1
"""


@pytest.fixture(autouse=True)
def small_ledger(monkeypatch):
    monkeypatch.setattr(ledger, "_current", ledger.parse(LEDGER, "08_small.toml"))


def text_of(capsys, *args):
    claim(*args)
    return capsys.readouterr().out


def test_a_claim_prints_statement_expected_and_measured(capsys):
    assert text_of(capsys, "L8.2-tanh", 0.4923) == (
        "✓ L8.2-tanh: holds\n  stated   Activations shrink. [S1-17]\n  expected 0.49 ± 0.01\n  measured 0.49\n"
    )


def test_a_value_outside_the_tolerance_raises_and_says_both_numbers_and_the_line():
    with pytest.raises(ClaimError, match=r"line 1, claim L8\.2-tanh: 1 of 1 .*Expected 0\.49 ± 0\.01, measured 0\.52"):
        claim("L8.2-tanh", 0.52)


def test_a_limit_prints_what_was_measured(capsys):
    assert "expected at least 50\n  measured 218" in text_of(capsys, "L8.3-limit", 218.3)
    with pytest.raises(ClaimError, match="breaks the limit"):
        claim("L8.3-limit", 49.9)


@pytest.mark.parametrize("value", [True, [8, False], [[0.5, 1], [np.bool_(True), 2]], np.array([True, False])])
def test_a_truth_value_shows_no_number_and_is_refused(value):
    with pytest.raises(ClaimError, match=r"claim L8\.3-limit: True or False was measured"):
        claim("L8.3-limit", value)


def test_a_computed_value_comes_from_the_cell(capsys):
    assert "expected 2 ± 10 %" in text_of(capsys, "L8.4-formula", 2.1, 2.0)
    assert "expected at most 3" in text_of(capsys, "L8.4-formula", 2.1, at_most(3))
    with pytest.raises(Fault, match="gives no expected value"):
        claim("L8.4-formula", 2.1)


def test_a_claim_without_an_entry_is_one_clear_sentence():
    with pytest.raises(Fault, match=r"claim 'L8\.2-tan' has no entry in the ledger 08_small\.toml: did you mean"):
        claim("L8.2-tan", 1)


@pytest.mark.parametrize("verdict", ["holds", "holds only if inputs are centred", "does not hold: one term too many"])
def test_the_verdict_is_a_word_and_a_mark_and_not_only_a_colour(verdict):
    shown = Claim("L3.4-a", "s", "S3-9", "1", "1", verdict)
    mark = {"holds": "✓", "holds only if": "≈", "does not hold": "✗"}[shown.kind]
    assert f"{mark} {verdict}" in shown.to_html()
    assert shown.to_text().startswith(f"{mark} L3.4-a: {verdict}")


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_verdicts_can_be_read_on_light_and_on_dark_pages(page):
    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return np.dot([0.2126, 0.7152, 0.0722], linear) + 0.05

    for colour in COLOURS.values():
        low, high = sorted([luminance(colour), luminance(page)])
        assert high / low > 3


def test_html_is_escaped():
    shown = Claim("L1.1", "<script>alert(1)</script>", "S1-1", "x < 1", "1", "holds")
    assert "<script>" not in shown.to_html()
    assert "x &lt; 1" in shown.to_html()


def test_claim_is_the_function_whatever_was_imported_before():
    code = (
        "import classroom.claim, classroom.predict; from classroom import claim, predict;"
        "print(callable(claim), callable(predict))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


def test_in_a_notebook_a_claim_leaves_its_record_in_the_output():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            claim("L8.2-tanh", 0.4923456789)
    finally:
        InteractiveShell.clear_instance()
    (output,) = captured.outputs
    assert set(output.data) == {"text/plain", "text/html"}
    record = output.metadata["classroom"]["claim"]
    assert (record["measured"], record["values"]) == ("0.49", [0.492346])
    assert (record["low"], record["high"]) == ([0.48], [0.5])
