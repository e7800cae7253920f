"""Scripts of checks are read, never run."""

import pytest

from classroom.call.script import Group, Literal, Name, check_cell, parse_call


def test_a_line_is_taken_apart():
    call = parse_call("y, (mean, _) = norm(x, [scale, 2], alpha=-0.5, training=True)")
    assert call.targets == ("y", ("mean", "_"))
    assert call.function == "norm"
    assert call.arguments == (Name("x"), Group((Name("scale"), Literal(2)), True))
    assert call.keywords == (("alpha", Literal(-0.5)), ("training", Literal(True)))
    assert call.defines == ("y", "mean")
    assert call.uses == ("x", "scale")


@pytest.mark.parametrize(
    "text",
    [
        "y = x",
        "f(x)",
        "y = f(x); z = g(y)",
        "y = f(x + 1)",
        "y = f(*x)",
        "y = f(**x)",
        "y = np.exp(x)",
        "y[0] = f(x)",
        "y = f(g(x))",
        "y = f(lambda: 1)",
        "y = f(",
        "y = __import__('os').system('true')",
    ],
)
def test_anything_but_a_call_with_names_and_literals_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"names|Python|literal"):
        parse_call(text)


def test_a_check_cell_tells_its_exercise_and_names():
    assert check_cell('check("dropout", dropout_forward, dropout_backward)') == (
        "dropout",
        ("dropout_forward", "dropout_backward"),
    )
    assert check_cell("x = 1") is None
    assert check_cell("check(") is None
    assert check_cell('check("a", f())') is None
