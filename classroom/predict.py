"""A question before the experiment: the reader commits to an answer, runs, and sees the distance."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classroom import ledger
from classroom.display import show


@dataclass(frozen=True)
class Prediction:
    """A question with its answer and, when the reader has predicted, the prediction."""

    id: str
    question: str
    choices: Mapping[str, str]
    answer: str
    outcome: str
    explanation: str
    predicted: bool

    def to_text(self) -> str:
        """Return the question, the choices and the outcome, a line each."""
        lines = [f"? {self.question}"]
        lines += [f"  {key}) {text}" for key, text in self.choices.items()]
        lines += [f"  {self.outcome}", f"  answer: {self.answer}"]
        return "\n".join([*lines, f"  {self.explanation}"] if self.explanation else lines)

    def to_html(self) -> str:
        """Return a block in which the answer is folded until the reader has predicted or opens it."""
        choices = "".join(
            f"<br>&emsp;<strong>{html.escape(key)}</strong> {html.escape(text)}" for key, text in self.choices.items()
        )
        explanation = f"<br>{html.escape(self.explanation)}" if self.explanation else ""
        unfolded = " open" if self.predicted else ""
        return (
            '<div class="prediction" style="border-left: 4px solid #4a7fb5; padding: 2px 12px; margin: 6px 0">'
            f"<strong>Predict:</strong> {html.escape(self.question)}{choices}"
            f"<details{unfolded}><summary>{html.escape(self.outcome)}</summary>"
            f"answer: <strong>{html.escape(self.answer)}</strong>{explanation}</details></div>"
        )

    def to_json(self) -> dict[str, str]:
        """Return the id, the question and the answer as plain data."""
        return {"id": self.id, "question": self.question, "answer": self.answer}


def predict(id: str, mine: Any = None) -> None:
    """Ask a question, and compare the reader's prediction with the answer; the ledger of the lecture has both.

    Parameters
    ----------
    id : str
        The entry in the ledger: ``"rate-half"``.
    mine : number or str, optional
        The reader's prediction: a number, or the letter of a choice.  None runs too, and folds the answer away.

    Raises
    ------
    Fault
        If the ledger has no such entry.
    ValueError
        If mine is none of the choices.
    """
    show(ask(ledger.current().prediction(id), mine))


def ask(entry: ledger.PredictionEntry, mine: Any = None) -> Prediction:
    """Return the question of an entry, with the reader's prediction judged."""
    choices = dict(entry.choices) if isinstance(entry.choices, Mapping) else {}
    if choices and mine is not None and mine not in choices:
        raise ValueError(f"mine={mine!r} is no choice: write one of {', '.join(choices)}")
    if mine is None:
        example = '"a"' if choices else "..."
        outcome = (
            f'no prediction given: write predict("{entry.id}", mine={example}) and run the cell, or read the answer'
        )
    elif choices:
        outcome = "right" if mine == entry.answer else f"you said {mine}"
    else:
        outcome = distance(mine, entry.answer, entry.unit)
    answer = f"{entry.answer}) {choices[entry.answer]}" if choices else with_unit(entry.answer, entry.unit)
    return Prediction(entry.id, entry.question, choices, answer, outcome, entry.explanation, mine is not None)


def with_unit(value: Any, unit: str) -> str:
    """Return a number in at most four digits, with its unit."""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}" if unit else text


def distance(mine: Any, answer: Any, unit: str) -> str:
    """Return how far a prediction is from the answer, in words."""
    if isinstance(mine, str | bool) or isinstance(answer, str | bool):
        return "right" if mine == answer else f"you said {mine}"
    gap = abs(mine - answer)
    if gap <= 0.005 * abs(answer):
        return f"you said {with_unit(mine, unit)}: right"
    factor = f", a factor {max(mine / answer, answer / mine):.3g}" if mine * answer > 0 else ""
    return f"you said {with_unit(mine, unit)}: off by {with_unit(float(gap), unit)}{factor}"
