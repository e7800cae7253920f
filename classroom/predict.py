"""A question before the experiment: the reader commits to an answer, runs, and sees the distance."""

import base64
import binascii
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classroom.display import show

LETTERS = "abcdefghij"
SEAL = "sealed:"  # what stands before an answer that is not to be read in passing


@dataclass(frozen=True)
class Prediction:
    """A question with its answer and, when the reader has given one, the prediction."""

    question: str
    choices: Mapping[str, str]
    answer: str
    outcome: str
    because: str
    given: bool

    def to_text(self) -> str:
        """Return the question, the choices and the outcome, a line each."""
        lines = [f"? {self.question}"]
        lines += [f"  {key}) {text}" for key, text in self.choices.items()]
        lines += [f"  {self.outcome}", f"  answer: {self.answer}"]
        return "\n".join([*lines, f"  {self.because}"] if self.because else lines)

    def to_html(self) -> str:
        """Return a block in which the answer is folded until the reader has predicted or opens it."""
        choices = "".join(
            f"<br>&emsp;<strong>{html.escape(key)}</strong> {html.escape(text)}" for key, text in self.choices.items()
        )
        because = f"<br>{html.escape(self.because)}" if self.because else ""
        unfolded = " open" if self.given else ""
        return (
            '<div class="prediction" style="border-left: 4px solid #4a7fb5; padding: 2px 12px; margin: 6px 0">'
            f"<strong>Predict:</strong> {html.escape(self.question)}{choices}"
            f"<details{unfolded}><summary>{html.escape(self.outcome)}</summary>"
            f"answer: <strong>{html.escape(self.answer)}</strong>{because}</details></div>"
        )

    def to_json(self) -> dict[str, str]:
        """Return the question and the answer as plain data."""
        return {"question": self.question, "answer": self.answer}


def predict(
    question: str,
    choices: Mapping[str, str] | Sequence[str] | None = None,
    *,
    answer: Any,
    mine: Any = None,
    unit: str = "",
    because: str = "",
) -> None:
    """Ask a question, and compare the reader's prediction with the answer.

    Parameters
    ----------
    question : str
        One sentence with a question mark.
    choices : mapping of key to text, or sequence of texts, optional
        A sequence is lettered a, b, c; answer and mine are then letters.
    answer : number or str
        The right number, or the key of the right choice; plain or sealed, as is because.
    mine : number or str, optional
        The reader's prediction.  None runs too, and folds the answer away.
    unit : str
        Shown after the numbers.
    because : str
        One or two sentences that explain the answer.

    Raises
    ------
    ValueError
        If answer or mine is none of the choices.
    """
    answer, because = unseal(answer), unseal(because)
    named = name_choices(choices)
    if named:
        for what, key in (("answer", answer), ("mine", mine)):
            if key is not None and str(key) not in named:
                raise ValueError(f"{what}={key!r} is no choice: write one of {', '.join(named)}")
        shown = f"{answer}) {named[str(answer)]}"
        outcome = "right" if str(mine) == str(answer) else f"you said {mine}"
    else:
        shown = with_unit(answer, unit)
        outcome = distance(mine, answer, unit)
    if mine is None:
        outcome = "no prediction given: write mine=... and run the cell, or read the answer"
    show(Prediction(question, named, shown, outcome, because, mine is not None))


def seal(value: str | float) -> str:
    """Write an answer so that it cannot be read in passing.  It keeps no secret from anyone who wants to know."""
    return SEAL + base64.b64encode(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")


def unseal(value: Any) -> Any:
    """Read what `seal` wrote; anything else is returned as it is."""
    if not isinstance(value, str) or not value.startswith(SEAL):
        return value
    try:
        return json.loads(base64.b64decode(value.removeprefix(SEAL), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError(f"{value!r} is no sealed answer: build the lecture again") from None


def name_choices(choices: Mapping[str, str] | Sequence[str] | None) -> dict[str, str]:
    """Return choices with their keys as text; a sequence is lettered."""
    if choices is None:
        return {}
    if isinstance(choices, Mapping):
        return {str(key): text for key, text in choices.items()}
    return dict(zip(LETTERS, choices, strict=False))


def with_unit(value: Any, unit: str) -> str:
    """Return a number in at most four digits, with its unit."""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}" if unit else text


def distance(mine: Any, answer: Any, unit: str) -> str:
    """Return how far a prediction is from the answer, in words."""
    if mine is None or isinstance(mine, str | bool) or isinstance(answer, str | bool):
        return "right" if mine == answer else f"you said {mine}"
    gap = abs(mine - answer)
    if gap <= 0.005 * abs(answer):
        return f"you said {with_unit(mine, unit)}: right"
    factor = f", a factor {max(mine / answer, answer / mine):.3g}" if mine * answer > 0 else ""
    return f"you said {with_unit(mine, unit)}: off by {with_unit(float(gap), unit)}{factor}"
