"""A lecture, its ledger and its notebook say the same: every entry has its cell, and every output its entry."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from classroom.claim import Claim
from classroom.expectation import Bound, Expectation, margin_in_words
from classroom.fault import Fault
from classroom.ledger import CONTEXT, SUFFIX, ClaimEntry, Ledger, flat, read
from classroom.predict import ask
from classroom.staff.author.rounding import numbers_in, same_but_for_rounding

_CALLS = {"claim": "claim", "predict": "prediction", "figure.show": "figure", "figure.explorer": "figure"}
_PLACE = {"claim": 0, "predict": 0, "figure.show": 1, "figure.explorer": 1}  # of the id among the arguments
_LISTED = 8  # problems in one message
_SIX_DIGITS = 2e-6  # what a number loses, as a part of it, when the notebook keeps six digits


class Use(NamedTuple):
    """A cell's call that needs an entry: its kind, the id, and the line of the lecture's text."""

    kind: str
    id: str | None
    line: int


def checked_ledger(lecture: Path) -> Ledger | None:
    """Read the ledger beside a lecture's text and compare the ids of both; None where the lecture needs none.

    Raises
    ------
    Fault
        If the ledger is missing or malformed, an entry has no cell, a cell no entry, or an id occurs twice; one line
        each, with file and line.
    """
    path = lecture.with_suffix(SUFFIX)
    uses = list(_uses(lecture))
    names = _names_in_use(lecture)
    if not uses and not names and not path.exists():
        return None
    ledger = read(path)
    problems = (
        []
        if names == [lecture.stem]
        else [f'{lecture.name}: it says ledger.use("{lecture.stem}") once, in its first cell']
    )
    problems += [f"{lecture.name}, line {use.line}: {problem}" for use, problem in _wrong_uses(uses, lecture, ledger)]
    used = {(use.kind, use.id) for use in uses}
    problems += [
        f"{entry.place}: no cell of {lecture.name} uses it"
        for kind, entries in ledger.entries.items()
        for id, entry in entries.items()
        if (kind, id) not in used
    ]
    refuse(problems)
    return ledger


def refuse(problems: Sequence[str]) -> None:
    """Raise a Fault that lists problems, the first of them where there are many; do nothing where there is none."""
    if problems:
        more = [f"and {len(problems) - _LISTED} more"] if len(problems) > _LISTED else []
        raise Fault("\n  ".join([*problems[:_LISTED], *more]))


def _tree(lecture: Path) -> ast.Module:
    text = re.sub(r"(?m)^%", "#", lecture.read_text(encoding="utf-8"))  # a magic of IPython is no Python
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Fault(f"{lecture.name}, line {error.lineno}: {error.msg}") from None


def _uses(lecture: Path) -> Iterator[Use]:
    """Yield the calls that need an entry, in the order of the text."""
    calls = [node for node in ast.walk(_tree(lecture)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        name = ast.unparse(call.func)
        if name not in _CALLS or any(keyword.arg == "alt" for keyword in call.keywords):
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "id"]
        id = next(iter(call.args[_PLACE[name] :] + named), None)
        known = id.value if isinstance(id, ast.Constant) and isinstance(id.value, str) else None
        yield Use(_CALLS[name], known, call.lineno)


def _names_in_use(lecture: Path) -> list[Any]:
    calls = [node for node in ast.walk(_tree(lecture)) if isinstance(node, ast.Call)]
    used = [call for call in calls if ast.unparse(call.func) == "ledger.use"]
    return [call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None for call in used]


def _wrong_uses(uses: Sequence[Use], lecture: Path, ledger: Ledger) -> Iterator[tuple[Use, str]]:
    first: dict[tuple[str, str], int] = {}
    for use in uses:
        number = re.match(r"\d\d", lecture.name)
        if use.id is None:
            yield use, f"the id of a {use.kind} is written out, so that its entry is found"
        elif use.id not in ledger.entries[use.kind]:
            yield use, f"{use.kind} {use.id} has no entry in {ledger.name}"
        elif use.kind == "claim" and number and not use.id.startswith(f"L{int(number.group())}."):
            yield use, f"claim {use.id} carries the number of another lecture"
        elif (line := first.setdefault((use.kind, use.id), use.line)) != use.line:
            yield use, f"{use.kind} {use.id} is used in line {line} already"


def outputs_of(notebook: Mapping[str, Any]) -> list[Any]:
    """Return all outputs of a notebook, in order."""
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def what_differs(outputs: Iterable[Mapping[str, Any]], ledger: Ledger) -> str:
    """Say in one sentence which output of a built lecture does not say what the ledger says; empty where all do.

    Compared are all words, the expected value, and whether the number that a claim shows lies within its tolerance: a
    notebook in which one digit or one verdict was changed is found.
    """
    for output in outputs:
        record = output.get("metadata", {}).get("classroom", {})
        for kind, compare in (("claim", _claim_differs), ("prediction", _prediction_differs)):
            if kind in record:
                id = str(record[kind].get("id"))
                entry = ledger.entries[kind].get(id)
                why = compare(record[kind], output["data"], entry) if entry else "it has no entry in the ledger"
                if why:
                    return f"{kind} {id} shows what its ledger does not say: {why}"
        if "alt" in record and record["alt"] not in {entry.alt for entry in ledger.entries["figure"].values()}:
            return f"a figure's description is not in the ledger: {record['alt'][:60]!r} …"
    return ""


def _claim_differs(record: Mapping[str, Any], data: Mapping[str, Any], entry: ClaimEntry) -> str:
    try:
        shown = Claim(**record)
    except TypeError:
        return "it was built by another version of the course"
    for name in ("statement", "source", "verdict"):
        if getattr(shown, name) != getattr(entry, name):
            return f"the {name} is another"
    if _text(data, "text/plain") != shown.to_text() or _text(data, "text/html") != shown.to_html():
        return "what is shown is not what was recorded"
    if any(getattr(entry, name) is not None for name in ("expected", "at_least", "at_most")):
        expectation = entry.expectation()
        if expectation.to_text() != shown.expected:
            return f"{shown.expected} was expected, the ledger says {expectation.to_text()}"
        if expectation.is_exact and shown.measured != shown.expected:
            return f"{shown.measured} is another value than {shown.expected}"
        if shown.values is not None and None not in shown.values:
            again = _told_again(expectation, shown.values)
            if not same_but_for_rounding(again, shown.measured):
                return f"{shown.measured} is not the recorded number, which reads {again}"
    elif shown.low is not None and not shown.expected.startswith(("at least ", "at most ")):
        margin = margin_in_words(entry.tolerance, entry.rel)
        if not shown.expected.endswith(f" {margin}"):
            return f"{shown.expected} was expected, the ledger says {margin}"
    return _outside(shown) or _near(shown, entry.spread or 0.0) or _lets_through(shown, entry.refuted_by)


def _lets_through(shown: Claim, refuted_by: Any) -> str:
    """Say which number that would refute the verdict is allowed, also where the lecture computes what it expects."""
    if refuted_by is None or shown.low is None or shown.high is None:
        return ""
    told = flat(refuted_by) if isinstance(refuted_by, list) else [refuted_by] * len(shown.low)
    if len(told) != len(shown.low):
        return f"refuted_by has {len(told)} numbers, {len(shown.low)} were measured"
    for value, low, high in zip(told, shown.low, shown.high, strict=True):
        if value != CONTEXT and (low is None or low <= value) and (high is None or value <= high):
            return f"the tolerance lets {value} through, which would refute the verdict"
    return ""


def _near(shown: Claim, spread: float) -> str:
    """Say which number comes nearer to a limit than processors are to each other; empty where none does."""
    for value, low, high in zip(shown.values or (), shown.low or (), shown.high or (), strict=True):
        room = [abs(value - limit) for limit in (low, high) if value is not None and limit is not None]
        if room and min(room) < spread:
            return (
                f"{value:g} comes nearer to its limit than processors are to each other ({spread:g}): another one may "
                "pass it, so calm the experiment or move the limit"
            )
    return ""


def _told_again(expectation: Expectation, values: Sequence[float | None]) -> str:
    """Return recorded numbers in the digits that their ledger asks for now."""
    import numpy as np

    flat = np.asarray(values, dtype=float)
    fits = not isinstance(expectation.value, Bound) and np.size(expectation.value) == flat.size
    return expectation.round(flat.reshape(np.shape(expectation.value)) if fits else flat)


def _outside(shown: Claim) -> str:
    """Say which printed number is none that the tolerance allows; empty where all are."""
    if shown.values is None or shown.low is None or shown.high is None:
        return ""
    printed = numbers_in(shown.measured)
    if len(printed) != len(shown.values):
        return f"{shown.measured} is not one number for each of the {len(shown.values)} measured"
    for (number, unit), value, low, high in zip(printed, shown.values, shown.low, shown.high, strict=True):
        if value is None:
            continue
        half = unit / 2 + _SIX_DIGITS * max(abs(value), abs(low or 0), abs(high or 0))
        if abs(number - value) > half:
            return f"{number:g} is shown where {value:g} was measured"
        if (low is not None and number < low - half) or (high is not None and number > high + half):
            return f"{number:g} is outside the tolerance ({shown.expected})"
    return ""


def _prediction_differs(record: Mapping[str, Any], data: Mapping[str, Any], entry: Any) -> str:
    asked = ask(entry)
    same = record == asked.to_json() and _text(data, "text/plain") == asked.to_text()
    return "" if same and _text(data, "text/html") == asked.to_html() else "the words are others"


def _text(data: Mapping[str, Any], kind: str) -> str:
    """Return one representation of an output: a file may hold it as a list of lines."""
    return "".join(data.get(kind, ""))
