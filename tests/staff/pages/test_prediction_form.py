"""A prediction is a form: a choice, a number or a word, with its answer obscured."""

import json

import pytest

from classroom.ledger import parse
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
