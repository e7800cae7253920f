"""Replaces `classroom.check` in the sandbox, where nothing is judged: a check there says nothing."""

from collections.abc import Mapping
from typing import Any

from classroom.stand_ins import Own, delivered


class _Unsaid(float):
    """The points of a check that was not made: a number, so that the student's code can continue."""

    def __repr__(self) -> str:
        return "[a check of your own is not made when grading]"


class SilentCheck:
    """Takes every call of a notebook's check."""

    def open(self, *_: Any) -> None:
        """Open nothing."""

    def __call__(self, *_: Any) -> float:
        """Return no points: those are given outside."""
        return _Unsaid(0)

    def own(self, namespace: Mapping[str, Any]) -> Own:
        """Return the notebook's own functions; stand-ins for some are delivered when they are needed."""
        return delivered(namespace)

    def hint(self, *_: Any) -> None:
        """Give no hint."""

    def progress(self) -> None:
        """Show nothing."""


check = SilentCheck()
