import subprocess
import sys

import numpy as np
import pytest

from classroom import claim
from classroom.claim import COLOURS, Claim, ClaimError, at_least, at_most

SLIDE = {"source": "S1-17", "statement": "Activations shrink."}


def text_of(capsys, *args, **kwargs):
    claim(*args, **(SLIDE | kwargs))
    return capsys.readouterr().out


def test_a_claim_prints_statement_expected_and_measured(capsys):
    text = text_of(capsys, "L8.2-tanh", 0.4923, 0.49, 0.01)
    assert text == (
        "✓ L8.2-tanh: holds\n  stated   Activations shrink. [S1-17]\n  expected 0.49 ± 0.01\n  measured 0.49\n"
    )


def test_a_value_outside_the_tolerance_raises_and_says_both_numbers():
    with pytest.raises(ClaimError, match=r"L8\.2-tanh: 1 of 1 entries.*Expected 0\.49 ± 0\.01, measured 0\.52"):
        claim("L8.2-tanh", 0.52, 0.49, 0.01, **SLIDE)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_outside(value):
    with pytest.raises(ClaimError):
        claim("L8.2-tanh", value, 0.49, 0.01, **SLIDE)


@pytest.mark.parametrize(("value", "bound"), [(49.9, at_least(50)), (2e-12, at_most(1e-12)), (np.nan, at_most(1))])
def test_a_broken_limit_raises(value, bound):
    with pytest.raises(ClaimError, match="breaks the limit"):
        claim("L5.5-speed", value, bound, **SLIDE)


def test_a_limit_prints_the_same_whatever_was_measured(capsys):
    texts = {text_of(capsys, "L5.5-speed", value, at_least(50)) for value in (51.0, 218.3)}
    assert len(texts) == 1
    assert "expected at least 50\n  measured within the limit" in texts.pop()


def test_arrays_are_compared_entry_by_entry(capsys):
    expect = [0.49, 0.29, 0.18]
    assert "measured 0.492 0.291 0.178" in text_of(capsys, "L8.2-a", [0.4921, 0.2906, 0.1778], expect, 0.005)
    with pytest.raises(ClaimError, match="1 of 3 entries"):
        claim("L8.2-a", [0.492, 0.29, 0.1], expect, 0.005, **SLIDE)


def test_another_shape_raises():
    with pytest.raises(ClaimError, match=r"shape \(2,\)"):
        claim("L8.2-a", [1.0, 2.0], [1.0, 2.0, 3.0], 0.1, **SLIDE)


def test_rel_is_a_part_of_the_expected_value(capsys):
    assert "expected 1.7e-08 ± 20 %\n  measured 1.8e-08" in text_of(capsys, "L8.4-deep", 1.84e-8, 1.7e-8, rel=0.2)
    with pytest.raises(ClaimError):
        claim("L8.4-deep", 2.2e-8, 1.7e-8, rel=0.2, **SLIDE)


def test_exact_values_need_no_tolerance(capsys):
    assert "expected 456 exactly\n  measured 456" in text_of(capsys, "L5.3-count", 456, 456)
    assert "measured True" in text_of(capsys, "L1.1-xor", True, True)
    with pytest.raises(ClaimError):
        claim("L5.3-count", 457, 456, **SLIDE)
    with pytest.raises(ClaimError, match="another"):
        claim("L9.1-order", "after", "before", **SLIDE)


def test_a_value_that_differs_by_rounding_error_prints_the_same(capsys):
    """0.125 lies in the middle of two roundings."""
    texts = {text_of(capsys, "L3.1-a", value, 0.125, 0.01) for value in (0.125 - 1e-12, 0.125, 0.125 + 1e-12)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"id": "8.2"}, "claim id"),
        ({"statement": " "}, "needs a statement"),
        ({"source": ""}, "needs a statement and a source"),
        ({"verdict": "probably"}, "write 'holds'"),
        ({"verdict": "holds only if"}, "write 'holds'"),
        ({"tolerance": 0.1, "rel": 0.1}, "not both"),
        ({"expect": at_least(0), "tolerance": 0.1}, "limit has no tolerance"),
    ],
)
def test_a_claim_that_is_not_well_formed_raises(bad, match):
    with pytest.raises(ClaimError, match=match):
        claim(**({"id": "L1.1", "value": 1, "expect": 1} | SLIDE | bad))


@pytest.mark.parametrize("verdict", ["holds", "holds only if inputs are centred", "does not hold: one term too many"])
def test_the_verdict_is_a_word_and_a_mark_and_not_only_a_colour(verdict):
    shown = Claim("L3.4-a", "s", "S3-9", "1", "1", verdict, "1")
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
    shown = Claim("L1.1", "<script>alert(1)</script>", "S1-1", "x < 1", "1", "holds", "1")
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
            claim("L8.2-tanh", 0.4923, 0.49, 0.01, **SLIDE)
    finally:
        InteractiveShell.clear_instance()
    (output,) = captured.outputs
    assert set(output.data) == {"text/plain", "text/html"}
    assert output.metadata["classroom"]["claim"]["measured"] == "0.49"
