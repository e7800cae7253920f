"""A number of the course, stated, expected, measured, and judged in front of the reader.

A claim that leaves its tolerance raises, so a lecture whose numbers moved cannot be built.
"""

import html
import math
import re
from dataclasses import dataclass
from typing import Any

from classroom.display import show

MARKS = {"holds": "✓", "holds only if": "≈", "does not hold": "✗"}
# Mid-tones: at least 3:1 against white and against JupyterLab's dark background.
COLOURS = {"holds": "#0f8a6c", "holds only if": "#b7791f", "does not hold": "#d1495b"}
IDENTIFIER = re.compile(r"L\d{1,2}\.\d{1,2}(-[A-Za-z0-9._+-]+)?")
LONGEST = 12  # entries of an array that are shown


class ClaimError(AssertionError):
    """A measured value left the tolerance of its claim, or a claim is not well formed."""


@dataclass(frozen=True)
class Bound:
    """An expected value that is a limit: `at_least(50)`, `at_most(1e-12)`."""

    side: str
    limit: float

    def __str__(self) -> str:
        return f"{self.side} {self.limit:g}"

    def holds(self, value: Any) -> bool:
        """Say whether every entry of value keeps to the limit."""
        import numpy as np

        value = np.asarray(value)
        return bool(np.all(value >= self.limit) if self.side == "at least" else np.all(value <= self.limit))


def at_least(limit: float) -> Bound:
    """Expect every measured entry to be limit or more."""
    return Bound("at least", limit)


def at_most(limit: float) -> Bound:
    """Expect every measured entry to be limit or less."""
    return Bound("at most", limit)


@dataclass(frozen=True)
class Claim:
    """One claim that was measured; it shows itself as HTML and as plain text.

    All fields are text made for reading.  `measured` has no more digits than the tolerance can bear, and none where
    only a limit is claimed, so that it is the same on every machine; `seen` is the value in two digits.
    """

    id: str
    statement: str
    source: str
    expected: str
    measured: str
    verdict: str
    seen: str

    @property
    def kind(self) -> str:
        """The verdict's kind: holds, holds only if, does not hold."""
        return verdict_kind(self.verdict)

    def to_text(self) -> str:
        """Return four short lines."""
        return (
            f"{MARKS[self.kind]} {self.id}: {self.verdict}\n"
            f"  {'stated':<9}{self.statement} [{self.source}]\n"
            f"  {'expected':<9}{self.expected}\n"
            f"  {'measured':<9}{self.measured}"
        )

    def to_html(self) -> str:
        """Return a block with a coloured edge; the words say everything that the colour says."""
        text = {name: html.escape(str(value)) for name, value in vars(self).items()}
        colour = COLOURS[self.kind]
        return (
            f'<div class="claim" style="border-left: 4px solid {colour}; padding: 2px 12px; margin: 6px 0">'
            f'<strong style="color: {colour}">{MARKS[self.kind]} {text["verdict"]}</strong> '
            f"<code>{text['id']}</code><br>{text['statement']} <em>[{text['source']}]</em><br>"
            f"expected <strong>{text['expected']}</strong> · measured <strong>{text['measured']}</strong></div>"
        )

    def to_json(self) -> dict[str, str]:
        """Return the fields as plain data: this is what the notebook keeps for the page of all claims."""
        return dict(vars(self))


def claim(
    id: str,
    value: Any,
    expect: Any,
    tolerance: float | None = None,
    source: str = "",
    *,
    statement: str,
    verdict: str = "holds",
    rel: float | None = None,
    digits: int | None = None,
) -> None:
    """Measure one statement of the course and show the outcome.

    Parameters
    ----------
    id : str
        Lecture, experiment and name: ``"L8.2-tanh-0.01"``.
    value : number, array, str, bool or sequence
        What the cell above has measured.
    expect : same kind as value, or Bound
        The number of the slide, the paper or of our own measurement; `at_least(x)` and `at_most(x)` are limits.
    tolerance : float, optional
        Largest absolute difference, entry by entry.  Left out with a Bound, with text and with exact values.
    source : str
        Slide or paper: ``"S1-17; Glorot & Bengio 2010"``.
    statement : str
        What the slide or the paper says, in one sentence.
    verdict : str
        About the statement: "holds", "holds only if ...", "does not hold" (and, after a colon, why).
    rel : float, optional
        Largest difference as a part of the expected value, instead of tolerance.
    digits : int, optional
        Decimals that are shown, when the tolerance's last digit would differ between machines.

    Raises
    ------
    ClaimError
        If value is outside the tolerance, or the claim is not well formed.
    """
    check_form(id, source, statement, verdict, expect, tolerance, rel)
    limits = tolerance_of(expect, tolerance, rel)
    kept, why = compare(value, expect, limits)
    expected, measured = describe(value, expect, limits, tolerance, rel, digits)
    if not kept:
        raise ClaimError(
            f"claim {id}: {why}. Expected {expected}, measured {short(value)}. "
            f"Stated: {statement} Either the experiment changed, or the tolerance is too small."
        )
    show(Claim(id, statement, source, expected, measured, verdict, short(value)))


def verdict_kind(verdict: str) -> str:
    """Return which of the three verdicts a sentence gives; raise ClaimError for any other."""
    if verdict == "holds":
        return "holds"
    if re.fullmatch(r"holds only if \S.*", verdict):
        return "holds only if"
    if re.fullmatch(r"does not hold(: \S.*)?", verdict):
        return "does not hold"
    raise ClaimError(f"verdict {verdict!r}: write 'holds', 'holds only if ...' or 'does not hold[: why]'")


def check_form(id: str, source: str, statement: str, verdict: str, expect: Any, tolerance: Any, rel: Any) -> None:
    """Raise ClaimError unless a claim says what, from where, and how closely."""
    if not IDENTIFIER.fullmatch(id):
        raise ClaimError(f"claim id {id!r}: write lecture, experiment and name, as in 'L8.2-tanh-0.01'")
    if not statement.strip() or not source.strip():
        raise ClaimError(f"claim {id}: it needs a statement and a source")
    verdict_kind(verdict)
    if tolerance is not None and rel is not None:
        raise ClaimError(f"claim {id}: give a tolerance or rel, not both")
    if isinstance(expect, Bound) and (tolerance is not None or rel is not None):
        raise ClaimError(f"claim {id}: a limit has no tolerance")


def is_exact(expect: Any) -> bool:
    """Say whether expect is text, a truth value or another thing that numbers cannot be near to."""
    import numpy as np

    return np.asarray(expect).dtype.kind not in "iufc"


def tolerance_of(expect: Any, tolerance: float | None, rel: float | None) -> Any:
    """Return the absolute tolerance of each entry of expect (0 where nothing was given)."""
    import numpy as np

    if isinstance(expect, Bound) or is_exact(expect):
        return None
    if rel is not None:
        return rel * np.abs(np.asarray(expect, dtype=float))
    return np.full(np.shape(expect), 0.0 if tolerance is None else float(tolerance))


def compare(value: Any, expect: Any, limits: Any) -> tuple[bool, str]:
    """Return whether value is what was expected, and one sentence that says why not."""
    import numpy as np

    if isinstance(expect, Bound):
        return expect.holds(value), "the measured value breaks the limit"
    if limits is None:
        return bool(np.array_equal(np.asarray(value), np.asarray(expect))), "the measured value is another"
    value, expect = np.asarray(value), np.asarray(expect)
    if value.shape != expect.shape:
        return False, f"shape {value.shape} was measured where {expect.shape} was expected"
    with np.errstate(invalid="ignore"):
        near = np.abs(value - expect) <= limits
    near |= (value == expect) | ((value != value) & (expect != expect))
    return bool(np.all(near)), f"{np.sum(~near)} of {near.size} entries are outside the tolerance"


def describe(
    value: Any, expect: Any, limits: Any, tolerance: float | None, rel: float | None, digits: int | None
) -> tuple[str, str]:
    """Return the texts of the expected and of the measured value."""
    import numpy as np

    if isinstance(expect, Bound):
        return str(expect), "within the limit"
    if limits is None:
        return short(expect), short(value)
    value, expect = np.asarray(value), np.asarray(expect)
    margin = f" ± {rel * 100:g} %" if rel is not None else f" ± {tolerance:g}" if tolerance else " exactly"
    if value.shape == expect.shape:
        with np.errstate(invalid="ignore"):
            # A value in the middle of two roundings would print differently on two machines.
            value = np.where(np.abs(value - expect) <= limits / 50, expect, value)
    return plain(expect) + margin, rounded(value, expect, limits, digits)


def plain(expect: Any) -> str:
    """Return expected numbers as their author wrote them, up to five digits."""
    import numpy as np

    array = np.atleast_1d(expect)
    return short(expect) if array.size > LONGEST else " ".join(f"{entry:.5g}" for entry in array.ravel().tolist())


def rounded(value: Any, expect: Any, limits: Any, digits: int | None) -> str:
    """Return the entries of value with as many digits as the tolerance of the expected value bears."""
    import numpy as np

    value, expect, limits = np.atleast_1d(value), np.atleast_1d(expect), np.atleast_1d(limits)
    if value.shape != expect.shape or value.size > LONGEST:
        return short(value)
    entries = list(zip(value.ravel().tolist(), expect.ravel().tolist(), limits.ravel().tolist(), strict=True))
    if digits is None and len(entries) > 1 and limits.min() > 1e-5 and limits.max() < 1:
        digits = decimals_of(limits.min())  # one row of numbers, one number of decimals
    return " ".join(round_one(entry, centre, limit, digits) for entry, centre, limit in entries)


def decimals_of(limit: float) -> int:
    """Return the place of the first digit of a tolerance: 2 for 0.01 to 0.099."""
    return -math.floor(math.log10(limit) + 1e-9)


def round_one(value: Any, centre: Any, limit: float, digits: int | None) -> str:
    """Return one number with as many digits as the tolerance bears."""
    if isinstance(value, complex) or not math.isfinite(value) or not math.isfinite(centre):
        return f"{value:.4g}"
    if limit == 0 and digits is None:
        return f"{value:.6g}"
    decimals = digits if digits is not None else decimals_of(limit)
    size = abs(centre)
    if size and not 1e-3 <= size < 1e5 and digits is None:
        significant = max(0, math.floor(math.log10(size)) + decimals)
        return f"{value:.{significant}e}"
    text = f"{round(value, decimals) + 0.0:.{max(0, decimals)}f}"
    return "0" if float(text) == 0 else text


def short(value: Any) -> str:
    """Return a value in few digits: for messages, and for what a limit was held with."""
    import numpy as np

    if isinstance(value, str | bool | np.bool_):
        return str(value)
    array = np.asarray(value)
    if array.dtype.kind not in "iufcb":
        return str(value)
    entries = array.ravel()[:LONGEST].tolist()
    text = " ".join(str(entry) if isinstance(entry, bool | int) else f"{entry:.2g}" for entry in entries)
    return text + (f" … ({array.size} entries)" if array.size > LONGEST else "")
