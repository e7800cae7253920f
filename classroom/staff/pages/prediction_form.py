"""A prediction that can be made on the page: choose or type, check, see the distance and the explanation."""

import html
import json
from collections.abc import Mapping

from classroom.ledger import PredictionEntry
from classroom.obscure import PREFIX, obscure
from classroom.predict import with_unit


def prediction_form(entry: PredictionEntry) -> str:
    """Return the form; its answer is obscured, so that it is not read in passing."""
    choices = dict(entry.choices) if isinstance(entry.choices, Mapping) else {}
    told = f"{entry.answer}) {choices[entry.answer]}" if choices else with_unit(entry.answer, entry.unit)
    words = obscure(json.dumps({"answer": entry.answer, "told": told, "explanation": entry.explanation}))
    return (
        f'<form class="prediction" id="predict-{entry.id}" data-words="{words.removeprefix(PREFIX)}">'
        f"<p><strong>Predict:</strong> {html.escape(entry.question)}</p>{_fields(entry, choices)}"
        '<button type="submit">check</button><output aria-live="polite"></output>'
        "<noscript>A prediction is checked by a script; here the experiment below has the answer.</noscript></form>"
    )


def _fields(entry: PredictionEntry, choices: Mapping[str, str]) -> str:
    if choices:
        return "".join(
            f'<label><input type="radio" name="mine" value="{html.escape(letter)}" required> '
            f"<b>{html.escape(letter)}</b> {html.escape(text)}</label>"
            for letter, text in choices.items()
        )
    kind = 'type="text"' if isinstance(entry.answer, str) else 'type="number" step="any" inputmode="decimal"'
    unit = f" {html.escape(entry.unit)}" if entry.unit else ""
    return f'<label>your answer <input {kind} name="mine" required>{unit}</label>'
