"""An example from the class shows the mistake and not its author."""

import pytest

from classroom.staff.report.answer_excerpt import LINES, excerpt, shortest


def test_only_the_function_that_was_asked_for_is_shown_without_words():
    source = (
        'NAME = "Ada"\ndef f(x):\n    "Ada Lee"\n    # mine\n    raise ValueError(f"ask {NAME}", "ada@uni.example")\n'
    )
    assert excerpt(source, ["f"]) == "def f(x):\n    raise ValueError('…', '…')"


@pytest.mark.parametrize(
    "source",
    ["def f(x:\n", "x = 1", "", "\0", "(" * 5000, "def f(x):\n" + "    x += 1\n" * LINES],
)
def test_what_is_no_example_is_not_shown(source):
    assert excerpt(source, ["f"]) == ""


def test_the_shortest_answer_is_the_example():
    assert (
        shortest(["def f(x):\n    y = x\n    return y", "broken(", "def f(x): return x"], ["f"])
        == "def f(x):\n    return x"
    )
    assert shortest([], ["f"]) == ""
