import pytest

from classroom import predict
from classroom.predict import Prediction, seal, unseal


def text_of(capsys, *args, **kwargs):
    predict(*args, **kwargs)
    return capsys.readouterr().out


def test_without_a_prediction_it_still_runs(capsys):
    text = text_of(capsys, "What is the loss?", answer=2.302585, unit="nats")
    assert text.startswith("? What is the loss?\n  no prediction given")
    assert text.endswith("  answer: 2.303 nats\n")


@pytest.mark.parametrize(
    ("mine", "says"),
    [(100, "right"), (50, "off by 50, a factor 2"), (400, "off by 300, a factor 4"), (-100, "off by 200\n")],
)
def test_a_number_shows_its_distance(capsys, mine, says):
    assert says in text_of(capsys, "How many?", answer=100, mine=mine)


def test_choices_are_lettered_and_the_answer_is_one_of_them(capsys):
    text = text_of(capsys, "Which one?", ["it grows", "it shrinks"], answer="b", mine="a")
    assert "  a) it grows\n  b) it shrinks\n  you said a\n  answer: b) it shrinks" in text
    assert "\n  right\n" in text_of(capsys, "Which one?", ["it grows", "it shrinks"], answer="b", mine="b")


@pytest.mark.parametrize("wrong", [{"answer": "c"}, {"answer": "a", "mine": "z"}])
def test_an_answer_that_is_no_choice_raises(wrong):
    with pytest.raises(ValueError, match="is no choice: write one of a, b"):
        predict("Which one?", ["yes", "no"], **wrong)


def test_the_answer_is_folded_until_the_reader_has_predicted():
    unread = Prediction("q?", {}, "4", "no prediction given", "", False)
    assert "<details><summary>" in unread.to_html()
    read = Prediction("q?", {"a": "<b>"}, "4", "right", "since 2 + 2", True)
    assert "<details open>" in read.to_html()
    assert "<b>" not in read.to_html()
    assert "since 2 + 2" in read.to_html()


@pytest.mark.parametrize("value", ["b", 75, 2.303, "because it doubles: 2 · 2 = 4, “quoted” and 'so'"])
def test_a_sealed_answer_reads_as_it_was_and_cannot_be_read_in_passing(value):
    assert unseal(seal(value)) == value
    assert str(value) not in seal(value).removeprefix("sealed:")


def test_predict_takes_sealed_answers(capsys):
    plain = text_of(capsys, "How many?", answer=75, because="5 · 5 · 3", mine=70)
    assert text_of(capsys, "How many?", answer=seal(75), because=seal("5 · 5 · 3"), mine=70) == plain


def test_a_damaged_seal_is_one_clear_sentence():
    with pytest.raises(ValueError, match="no sealed answer: build the lecture again"):
        predict("How many?", answer="sealed:%%%")
