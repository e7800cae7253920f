"""A fast version takes over the documentation of the one that is written down, and every call that it answers."""

import inspect

import pytest

from solutions.fast import twin


def operation(x, *, stride=1):
    """Do what is asked.

    Parameters
    ----------
    x : array
    """
    return x, stride


def renamed(function, name="operation"):
    function.__name__ = name
    return function


@pytest.fixture(autouse=True)
def no_pair_is_left_behind(monkeypatch):
    monkeypatch.setattr(twin, "TWINS", {})


def test_the_documentation_is_taken_over_with_words_of_its_own():
    @twin.fast_version_of(operation)
    @renamed
    def fast(x, *, stride=1, dilation=1):
        """In blocks."""

    assert inspect.getdoc(fast) == ("Do what is asked.\n\nIn blocks.\n\nParameters\n----------\nx : array")
    assert twin.TWINS["operation"] == (fast, operation)


def test_words_of_its_own_are_not_needed():
    fast = twin.fast_version_of(operation)(renamed(lambda x, *, stride=1: None))
    assert inspect.getdoc(fast) == inspect.getdoc(operation)


@pytest.mark.parametrize(
    ("fast", "message"),
    [
        (lambda y, *, stride=1: None, "argument 1 is y, the written-down version has x"),
        (lambda x, *, stride=2: None, "argument 2 is stride=2, the written-down version has stride=1"),
        (lambda x, stride=1: None, "argument 2 is stride=1, the written-down version has stride=1"),
        (lambda x: None, "argument 2 is missing, the written-down version has stride=1"),
        (lambda x, *, stride=1, groups: None, "groups is an argument of its own: give it a default"),
    ],
    ids=["name", "default", "kind", "missing", "needed"],
)
def test_a_call_that_the_twin_takes_is_taken(fast, message):
    with pytest.raises(TypeError, match=f"operation: {message}"):
        twin.fast_version_of(operation)(renamed(fast))
    assert not twin.TWINS


def test_both_have_one_name():
    with pytest.raises(TypeError, match="other is no fast version of operation: give both the same name"):
        twin.fast_version_of(operation)(renamed(lambda x, *, stride=1: None, "other"))
