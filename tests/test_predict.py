import pytest

from classroom import ledger, predict
from classroom.fault import Fault
from classroom.predict import Prediction

LEDGER = """\
[prediction.loss]
question = "What is the loss?"
answer = 2.302585
unit = "nats"

[prediction.how-many]
question = "How many?"
answer = 100

[prediction.which]
question = "Which one?"
choices = ["it grows", "it shrinks"]
answer = "b"
explanation = "Each step halves it."
"""


@pytest.fixture(autouse=True)
def small_ledger(monkeypatch):
    monkeypatch.setattr(ledger, "_current", ledger.parse(LEDGER, "08_small.toml"))


def text_of(capsys, *args, **kwargs):
    predict(*args, **kwargs)
    return capsys.readouterr().out


def test_without_a_prediction_it_still_runs_and_says_what_to_write(capsys):
    text = text_of(capsys, "loss")
    assert text.startswith('? What is the loss?\n  no prediction given: write predict("loss", mine=...) and run')
    assert text.endswith("  answer: 2.303 nats\n")
    assert 'predict("which", mine="a")' in text_of(capsys, "which")


@pytest.mark.parametrize(
    ("mine", "says"),
    [(100, "right"), (50, "off by 50, a factor 2"), (400, "off by 300, a factor 4"), (-100, "off by 200\n")],
)
def test_a_number_shows_its_distance(capsys, mine, says):
    assert says in text_of(capsys, "how-many", mine=mine)


def test_choices_are_lettered_and_the_answer_is_one_of_them(capsys):
    text = text_of(capsys, "which", mine="a")
    assert "  a) it grows\n  b) it shrinks\n  you said a\n  answer: b) it shrinks\n  Each step halves it.\n" in text
    assert "\n  right\n" in text_of(capsys, "which", "b")


def test_a_prediction_that_is_no_choice_raises():
    with pytest.raises(ValueError, match="mine='z' is no choice: write one of a, b"):
        predict("which", mine="z")


def test_a_question_without_an_entry_is_one_clear_sentence():
    with pytest.raises(Fault, match=r"prediction 'witch' has no entry .*: did you mean 'which'"):
        predict("witch")


def test_the_answer_is_folded_until_the_reader_has_predicted():
    unread = Prediction("a", "q?", {}, "4", "no prediction given", "", False)
    assert "<details><summary>" in unread.to_html()
    read = Prediction("a", "q?", {"a": "<b>"}, "4", "right", "since 2 + 2", True)
    assert "<details open>" in read.to_html()
    assert "<b>" not in read.to_html()
    assert "since 2 + 2" in read.to_html()
