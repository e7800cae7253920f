"""A prediction is a form: a choice, a number or a word, with its answer obscured."""

import html
import json
import re
from pathlib import Path

import pytest

from classroom.ledger import parse, read
from classroom.obscure import PREFIX, reveal
from classroom.staff.pages.prediction_form import prediction_form

LEDGER = """
[prediction.half]
question = "What is left, and is 1 < 2?"
answer = "b"
choices = ["all", "a half"]
explanation = "It is halved."

[prediction.count]
question = "How many are there?"
answer = 3
unit = "steps"

[prediction.word]
question = "Which one is it?"
answer = "tanh"
"""

COURSE = Path(__file__).parents[3] / "course"
ENTRIES = [
    entry for path in sorted(COURSE.glob("[0-9][0-9]_*.toml")) for entry in read(path).entries["prediction"].values()
]


def form(id):
    return prediction_form(parse(LEDGER, "ledger").prediction(id))


def test_a_choice_has_a_button_for_each_letter_and_what_is_asked_is_escaped():
    made = form("half")
    assert made.count('type="radio"') == 2
    assert "<b>b</b> a half</label>" in made
    assert "is 1 &lt; 2?" in made


@pytest.mark.parametrize("id, field", [("count", 'type="number"'), ("word", 'type="text"')])
def test_a_number_and_a_word_are_typed(id, field):
    assert field in form(id)
    assert ("</label>" in form(id)) and ("steps</label>" in form(id)) == (id == "count")


def test_the_answer_is_not_read_in_passing():
    made = form("half")
    assert "It is halved." not in made
    words = made.partition('data-words="')[2].partition('"')[0]
    assert json.loads(reveal(PREFIX + words)) == {"answer": "b", "told": "b) a half", "explanation": "It is halved."}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.place.partition('.')[0]}-{entry.id}")
def test_no_form_of_the_course_shows_its_answer(entry):
    """Beside the question and the choices, which are all alike, nothing is left that tells one from the others."""
    made = prediction_form(entry)
    words = re.search(r'data-words="([^"]+)"', made)[1]
    assert not set(re.findall(r"[a-z]{7,}", words.lower())) & set(re.findall(r"[a-z]{7,}", entry.explanation.lower()))
    assert '"answer"' not in words and not re.search(r"\s", words)
    if entry.choices:
        assert re.findall(r"<label>.*?</label>", made) == [
            f'<label><input type="radio" name="mine" value="{letter}" required> '
            f"<b>{letter}</b> {html.escape(text)}</label>"
            for letter, text in entry.choices.items()
        ]
    else:
        field = made.partition("</p>")[2]
        assert not re.search(rf"(?<![\w.]){re.escape(str(entry.answer))}(?![\w.])", field)
    assert not entry.explanation or html.escape(entry.explanation) not in made
