"""Questions written as text: letters, choices and the sentences for who chooses them."""

import pytest

from classroom.fault import Fault
from classroom.staff.declare.question import question

pytestmark = pytest.mark.slow


def test_choices_and_sentences():
    made = question(
        "sum",
        "What is 1 + 1?",
        """
        a: 2: a number
            Yes.
        b: 11
            These are numbers,
            no words.
        """,
        right="a",
        points=2,
    )
    assert (made.id, made.question, made.right, made.points) == ("sum", "What is 1 + 1?", "a", 2)
    assert made.choices == {"a": "2: a number", "b": "11"}
    assert made.because == {"a": "Yes.", "b": "These are numbers, no words."}


REFUSED = {
    "a: 2": "letter: choice",
    "a\n    Yes.": "letter: choice",
    "a: 2\n    Yes.\na: 3\n    No.": "each letter once",
    "b: 2\n    Yes.": "the right choice 'a' is none of b",
}


@pytest.mark.parametrize("choices", REFUSED)
def test_a_bad_choice_is_refused(choices):
    with pytest.raises(Fault, match=REFUSED[choices]):
        question("sum", "What is 1 + 1?", choices, right="a", points=2)
