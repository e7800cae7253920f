"""Replaces `classroom.check` in the sandbox, where nothing is judged: a check there says nothing."""

from typing import Any


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

    def hint(self, *_: Any) -> None:
        """Give no hint."""

    def explain(self, *_: Any) -> None:
        """Explain nothing."""

    def case(self, *_: Any) -> None:
        """Give no case: nobody looks at one here."""
        raise LookupError("check.case gives no case when grading: keep such a line out of the cells of your answers")

    def progress(self) -> None:
        """Show nothing."""

    def points(self) -> dict[str, float]:
        """Return none: no check was made."""
        return {}

    def preflight(self) -> None:
        """Look at nothing: what is graded has been handed in."""

    def repair(self) -> None:
        """Mend nothing: cells that are graded are the staff's own."""

    def submit(self, **_: Any) -> None:
        """Write nothing: what is graded has been handed in."""


check = SilentCheck()
