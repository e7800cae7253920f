"""Two versions of one operation: the fast function is told of the one that is written down, and held to it."""

import inspect
from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function", bound=Callable)

TWINS: dict[str, tuple[Callable, Callable]] = {}
"""Name: the fast function and the one that is written down.  `tests/solutions/test_fast.py` holds each pair equal."""


def fast_version_of(written: Callable) -> Callable[[Function], Function]:
    """Declare a function to be the fast version of another one, whose documentation it takes over.

    Parameters
    ----------
    written : callable
        The operation as it is written down, of the same name.

    Returns
    -------
    decorator : callable
        Gives the fast function the documentation of `written`, with its own words, which say what it takes beyond and
        how it works, below the first line.

    Raises
    ------
    TypeError
        If the fast function has another name, lacks an argument, takes one in another place or with another default,
        or has one of its own that every caller would have to give.
    """

    def decorate(fast: Function) -> Function:
        name = fast.__name__
        if name != written.__name__:
            raise TypeError(f"{name} is no fast version of {written.__name__}: give both the same name")
        require_same_arguments(fast, written)
        summary, _, rest = inspect.cleandoc(written.__doc__ or "").partition("\n\n")
        parts = [summary, inspect.cleandoc(fast.__doc__ or ""), rest]
        fast.__doc__ = "\n\n".join(part for part in parts if part)
        TWINS[name] = fast, written
        return fast

    return decorate


def require_same_arguments(fast: Callable, written: Callable) -> None:
    """Raise TypeError unless whatever calls `written` can call `fast` in the same words."""
    mine, theirs = (list(inspect.signature(function).parameters.values()) for function in (fast, written))
    for place, wanted in enumerate(theirs):
        taken = mine[place] if place < len(mine) else None
        if taken is None or (taken.name, taken.kind, taken.default) != (wanted.name, wanted.kind, wanted.default):
            raise TypeError(
                f"{fast.__name__}: argument {place + 1} is {taken or 'missing'}, "
                f"the written-down version has {wanted}: make them the same"
            )
    for added in mine[len(theirs) :]:
        if added.default is added.empty:
            raise TypeError(f"{fast.__name__}: {added.name} is an argument of its own: give it a default")
