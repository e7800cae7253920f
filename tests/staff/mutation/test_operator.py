"""Each operator changes what it says, and nothing else."""

import ast

import pytest

from classroom.staff.mutation.operator import OPERATORS


def changed(text):
    """All texts that one change of an expression or statement gives."""
    node = ast.parse(text).body[0]
    nodes = [node.value, node] if isinstance(node, ast.Expr) else [node]
    found = set()
    for one in nodes:
        for operator in OPERATORS:
            for _, other in operator(one):
                found.add(ast.unparse(ast.fix_missing_locations(other)))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b", {"a + b", "a", "b", "b - a"}),
        ("x @ w", {"x", "w", "w @ x"}),
        ("a < b", {"a <= b", "a > b"}),
        ("a and b", {"a or b", "a", "b"}),
        ("3", {"4", "2", "0"}),
        ("0.01", {"0.02", "0.1", "-0.01", "0.0"}),
        ("True", {"False"}),
        ("(0, 2, 3)", {"(2, 3)", "(0, 3)", "(0, 2)", "(2, 0, 3)", "(0, 3, 2)"}),
        ("x.sum(axis=0, keepdims=True)", {"x.mean(axis=0, keepdims=True)", "x.sum(axis=0)", "x.sum(keepdims=True)"}),
        ("x.astype(float)", {"x", "float"}),
        ("w.T", {"w"}),
        ("x[1:n]", {"x"}),
        ("a if c else b", {"a", "b"}),
        ("rng", {"np.random.default_rng(0)"}),
        ("total += x", {"total = x", "total -= x", "pass"}),
        ("y = a * b", {"pass", "y = np.multiply(a, b, out=a)"}),
        ("return (y, cache)", {"return (np.float32(y), cache)", "return (y, np.float64(cache))"}),
    ],
)
def test_what_an_operator_makes(text, expected):
    if text.startswith("return"):
        made = {
            ast.unparse(other)
            for op in OPERATORS
            for _, other in op(ast.parse(f"def f():\n    {text}").body[0].body[0])
        }
    else:
        made = changed(text)
    assert expected <= made


def test_a_slice_loses_and_moves_its_bounds():
    node = ast.parse("x[p:n:2]").body[0].value.slice
    made = {ast.unparse(other) for operator in OPERATORS for _, other in operator(node)}
    assert made == {":n:2", "p + 1:n:2", "p::2", "p:n - 1:2", "p:n"}


def test_a_name_that_is_only_read_is_left_alone():
    assert changed("x") == {"pass"}  # the statement that it stands in
