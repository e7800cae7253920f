"""Why a name is missing: the cell that would have defined it was not valid Python, or stopped before it got there."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from classroom.call.caller import CallError

# What a cell defines, read from its text: one that is not valid Python cannot be parsed.
_DEFINED = re.compile(
    r"^[^\S\n]*(?:async[^\S\n]+)?(?:def|class)[^\S\n]+(\w+)|^(\w+)[^\S\n]*(?:=(?!=)|,[^=()\n]*=(?!=))", re.MULTILINE
)
_MISSING = re.compile(r"(?:name ')?(\w+)'? is not defined")
_FILE = re.compile(r" \([^()]*, line \d+\)$")  # how Python ends the message of a SyntaxError
_NAMES = 200  # of one cell; its text is a student's


@dataclass(frozen=True)
class CellFailure:
    """How a cell stopped.

    name, message : type and text of the exception
    lineno, line : where in the cell, as far as it is known
    readable : whether it was valid Python
    """

    name: str
    message: str
    lineno: int = 0
    line: str = ""
    readable: bool = True

    @classmethod
    def of(cls, source: str, error: BaseException) -> "CellFailure":
        """Say how the cell with this text stopped."""
        if isinstance(error, SyntaxError):
            lineno, said, readable = error.lineno or 0, error.msg or "invalid syntax", False
        else:
            frames = traceback.extract_tb(error.__traceback__)
            lineno = next((frame.lineno or 0 for frame in frames if frame.name.startswith("<")), 0)
            said, readable = _text(error), True
        lines = source.splitlines()
        line = lines[lineno - 1].strip() if 0 < lineno <= len(lines) else ""
        return cls(type(error).__name__[:80], _FILE.sub("", said)[:250], lineno, line[:200], readable)

    def words(self) -> str:
        """Say it in half a sentence."""
        where = f" in line {self.lineno}" if self.lineno else ""
        what = f"{self.name}{where}: {self.message}" if self.name else self.message
        return f"its cell {'stopped before it' if self.readable else 'is not valid Python'}: {what}"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception class of the student's own may fail here too
        return ""


class FailedCells:
    """The cells that failed when they were last run, by the names that they would have defined."""

    def __init__(self, failures: Mapping[str, CellFailure] | None = None) -> None:
        self._failures = dict(failures or {})

    def copy(self) -> "FailedCells":
        """Return what is known now."""
        return FailedCells(self._failures)

    def ran(self, source: str, failure: CellFailure | None) -> None:
        """Take note of a cell that was run: how it failed, or None."""
        names = [one or other for one, other in _DEFINED.findall(source)][:_NAMES]
        for name in names:
            if failure is None:
                self._failures.pop(name, None)
            else:
                self._failures[name] = failure

    def get(self, name: str) -> CellFailure | None:
        """Return how the cell failed that would have defined a name; None if none did."""
        return self._failures.get(name)

    def explain(self, error: CallError | None) -> CallError | None:
        """Return an error of a missing name with the reason why it is missing, where a failed cell is the reason."""
        if error is None or not (error.kind == "missing" or error.name == "NameError"):
            return error
        found = _MISSING.match(error.message)
        failure = self._failures.get(found[1]) if found else None
        if found is None or failure is None:
            return error
        message = f"{found[1]} is not defined: {failure.words()}"
        return CallError("undefined", "", "NameError", message[:400], failure.line, failure.lineno)
