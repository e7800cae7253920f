"""A number of the course, stated, expected, measured, and judged in front of the reader.

A claim that leaves its tolerance raises, so a lecture whose numbers moved cannot be built.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from classroom import ledger
from classroom.display import show
from classroom.expectation import LONGEST, plain, short

MARKS = {"holds": "✓", "holds only if": "≈", "does not hold": "✗"}
# Mid-tones: at least 3:1 against white and against JupyterLab's dark background.
COLOURS = {"holds": "#0f8a6c", "holds only if": "#b7791f", "does not hold": "#d1495b"}


class ClaimError(AssertionError):
    """A measured value left the tolerance of its claim."""


@dataclass(frozen=True)
class Claim:
    """One claim that was measured; it shows itself as HTML and as plain text.

    Attributes
    ----------
    id, statement, source, expected, measured, verdict : str
        Text made for reading; `measured` has as many digits as the tolerance bears.
    values, low, high : sequence of numbers, optional
        The measured entries, and between what they may lie (None: no bound on that side, or not a finite number).
        They are left out beside text, and where there are more than a reader is shown.
    """

    id: str
    statement: str
    source: str
    expected: str
    measured: str
    verdict: str
    values: Sequence[float | None] | None = None
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None

    @property
    def kind(self) -> str:
        """The verdict's kind: holds, holds only if, does not hold."""
        return ledger.verdict_kind(self.verdict)

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

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain data: this is what the notebook keeps for the page of all claims."""
        return {name: value for name, value in vars(self).items() if value is not None}


def claim(id: str, value: Any, expected: Any = None) -> None:
    """Measure one statement of the course and show the outcome; the ledger of the lecture has its words.

    Parameters
    ----------
    id : str
        The entry in the ledger: ``"L8.2-tanh-0.01"``.
    value : number, array, str, bool or sequence
        What the cell above has measured.
    expected : as value, or `at_least(x)`, `at_most(x)`, optional
        What the lecture computes and the ledger cannot say: a formula, another way to the same number.

    Raises
    ------
    ClaimError
        If value is outside the tolerance, or says true or false where a number is to be shown.
    Fault
        If the ledger has no such entry, or the expected value is given twice or not at all.
    """
    entry = ledger.current().claim(id)
    if _says_yes_or_no(value):
        raise ClaimError(f"{entry.place}: True or False was measured: show the number that it was found from")
    expectation = entry.expectation(expected)
    if why := expectation.why_not(value):
        raise ClaimError(
            f"{entry.place}: {why}. Expected {expectation.to_text()}, measured {short(value)}. "
            f"Stated: {entry.statement} Either the experiment changed, or the tolerance is too small."
        )
    values, interval = None, expectation.interval(value)
    if interval is not None and len(interval[0]) <= LONGEST:
        values = plain(value)
    low, high = interval if interval is not None and values is not None else (None, None)
    measured = expectation.round(value)
    show(Claim(id, entry.statement, entry.source, expectation.to_text(), measured, entry.verdict, values, low, high))


def _says_yes_or_no(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_says_yes_or_no, value))
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"
