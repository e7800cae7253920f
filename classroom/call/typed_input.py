"""Nobody types anything while code is checked: what asks for input is told so at once, and nothing waits."""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager


class NoInput(EOFError):
    """What `input` raises in a check.  An EOFError, as Python raises where nobody can type."""


@contextmanager
def no_typed_input() -> Iterator[None]:
    """In the code inside let `input` raise NoInput."""

    def refuse(prompt: object = "", /) -> str:
        raise NoInput("it asks for input, and nobody can type any here: take what it needs from its arguments")

    usual = builtins.input
    builtins.input = refuse
    try:
        yield
    finally:
        builtins.input = usual
