"""The ledger of a lecture: the words and numbers of its claims, predictions and figures, in a file of its own.

Beside `course/07_optimizer.py` lies `course/07_optimizer.toml`, which can be read, reviewed and translated by itself.
The lecture calls `ledger.use("07_optimizer")` once; from there on `claim`, `predict` and `figure.show` know what their
ids mean.  What is handed to readers is the same text as `07_optimizer.ledger`, obscured so that no answer is read in
passing.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from classroom.expectation import Bound, Expectation
from classroom.fault import Fault
from classroom.obscure import obscure, reveal

SUFFIX = ".toml"
OBSCURED = ".ledger"  # the suffix of a ledger in which answers are not read in passing
VERDICTS = {"holds": "holds", "holds only if": r"holds only if \S.*", "does not hold": r"does not hold(: \S.*)?"}
_WORDS = r"[a-z0-9]+(-[a-z0-9]+)*"
_IDS = {"claim": r"L\d{1,2}\.\d{1,2}(-[A-Za-z0-9._+-]+)?", "prediction": _WORDS, "figure": _WORDS}
_LIKE = {"claim": "L8.2-tanh-0.01: lecture, experiment, name", "prediction": "rate-half", "figure": "rate-drop"}
_LETTERS = "abcdefghij"
CONTEXT = "context"  # in refuted_by: a number that is shown beside the one that decides
_TEXTS = ("statement", "source", "verdict", "conditions", "question", "unit", "explanation", "alt")
_NUMBERS = ("tolerance", "rel", "spread", "at_least", "at_most")


@dataclass(frozen=True)
class ClaimEntry:
    """What the ledger says of one claim.

    Attributes
    ----------
    id : str
        Lecture, experiment and name: ``"L8.2-tanh-0.01"``.
    statement : str
        What the slide or the paper says, in one sentence.
    source : str
        Slide or paper: ``"S1-17; Glorot & Bengio 2010"``.
    verdict : str
        About the statement: "holds", "holds only if ...", "does not hold" (and, after a colon, why).
    expected : number, text, truth value or array of them, optional
        The number of the slide, the paper or of our own measurement; left out where the lecture computes it.
    at_least, at_most : number, optional
        A limit that every measured entry keeps to, instead of an expected value.
    tolerance, rel : number, optional
        The largest difference, absolute or as a part of the expected value.
    digits : int, optional
        Decimals that are shown.
    spread : number, optional
        How far apart the values lie that different processors measure; `course/measure.py --record` writes it.
    refuted_by : as expected, optional
        A value that would give the opposite verdict: the tolerance has to exclude it, number by number.  In a row of
        numbers "context" stands for one that would be the same then.
    conditions : str, optional
        What the statement itself presumes, where the verdict is "does not hold": it is refuted under these conditions.
    compares : list of texts, optional
        The methods that are compared by training them, two or more.
    rates : list of numbers, or a table of such lists for each method, optional
        The learning rates that each method was given, three or more; the best of them counts.
    seeds : int, optional
        How often each was trained, three times or more.
    varies : bool
        Whether every run measures another number, because it is a time: a rebuild keeps the committed one.
    place : str
        File and line, for messages.
    """

    id: str
    statement: str
    source: str
    verdict: str = "holds"
    expected: Any = None
    at_least: float | None = None
    at_most: float | None = None
    tolerance: float | None = None
    rel: float | None = None
    digits: int | None = None
    spread: float | None = None
    refuted_by: Any = None
    conditions: str = ""
    compares: Sequence[str] = ()
    rates: Any = ()
    seeds: int = 0
    varies: bool = False
    place: str = ""

    def __post_init__(self) -> None:
        if self.tolerance is not None and self.rel is not None:
            raise Fault(f"{self.place}: give a tolerance or rel, not both")
        given = [name for name in ("expected", "at_least", "at_most") if getattr(self, name) is not None]
        if len(given) > 1:
            raise Fault(f"{self.place}: {' and '.join(given)} are given, one of them is needed at most")
        if given in (["at_least"], ["at_most"]) and (self.tolerance is not None or self.rel is not None):
            raise Fault(f"{self.place}: a limit has no tolerance")
        if given:
            self.expectation()
        if self.compares or self.rates or self.seeds:
            self._refuse_an_unfair_comparison()

    def _refuse_an_unfair_comparison(self) -> None:
        if len(self.compares) < 2:
            raise Fault(f"{self.place}: compares names {len(self.compares)} methods, a comparison has two or more")
        by_method = self.rates if isinstance(self.rates, Mapping) else dict.fromkeys(self.compares, self.rates)
        if set(by_method) != set(self.compares):
            raise Fault(f"{self.place}: rates is a list for all methods, or one for each of {', '.join(self.compares)}")
        for method, rates in by_method.items():
            if len(set(rates)) < 3 and not (self.conditions and not rates):
                raise Fault(
                    f"{self.place}: {method} was given {len(set(rates))} rates, it needs three or more to show its "
                    "best; where the statement itself fixes the rate, conditions says so and rates is left out"
                )
        if self.seeds < 3:
            raise Fault(f"{self.place}: seeds is {self.seeds}, methods are compared over three or more")

    def _refuse_what_lets_the_opposite_through(self, expectation: Expectation) -> None:
        import numpy as np

        told = np.array(self.refuted_by, dtype=object)
        if not isinstance(expectation.value, Bound) and told.shape != (shape := np.shape(expectation.value)):
            raise Fault(f"{self.place}: refuted_by has the shape {told.shape}, the expected value has {shape}")
        decides = told != CONTEXT
        if not decides.any():
            raise Fault(f"{self.place}: refuted_by is {CONTEXT} alone: one number or more decides about the verdict")
        through = expectation.keeps(np.where(decides, told, np.nan).astype(float)) & decides
        if through.any():
            raise Fault(
                f"{self.place}: the tolerance lets {told[through].tolist()[0]} through, which would refute the "
                f'verdict; a number that would be the same then is "{CONTEXT}"'
            )

    def expectation(self, computed: Any = None) -> Expectation:
        """Return what is expected of the measured value.

        Parameters
        ----------
        computed : as the measured value, or Bound
            The expected value where the lecture computes it.

        Raises
        ------
        Fault
            If the value is both in the ledger and computed, or neither; if the tolerance lets `refuted_by` through.
        """
        value = self.expected
        for side in ("at_least", "at_most"):
            if (limit := getattr(self, side)) is not None:
                value = Bound(side.replace("_", " "), limit)
        if (value is None) == (computed is None):
            what = "gives no expected value, and neither does the cell" if value is None else "and the cell both give"
            raise Fault(
                f"{self.place}: the ledger {what}{'' if value is None else ' an expected value, one is needed'}"
            )
        expectation = Expectation(computed if value is None else value, self.tolerance, self.rel, self.digits)
        if self.refuted_by is not None:
            self._refuse_what_lets_the_opposite_through(expectation)
        return expectation


@dataclass(frozen=True)
class PredictionEntry:
    """What the ledger says of one prediction.

    Attributes
    ----------
    id : str
        A few words with hyphens: ``"rate-half"``.
    question : str
        One sentence with a question mark.
    answer : number or str
        The right number, or the letter of the right choice.
    choices : mapping of letter to text
        Empty where a number is asked for.
    unit : str
        Shown after the numbers.
    explanation : str
        One or two sentences that explain the answer.
    place : str
        File and line, for messages.
    """

    id: str
    question: str
    answer: Any
    choices: Mapping[str, str] | Sequence[str] = ()
    unit: str = ""
    explanation: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.choices, Mapping):
            if not all(isinstance(choice, str) for choice in self.choices) or len(self.choices) > len(_LETTERS):
                raise Fault(f"{self.place}: choices is a list of at most {len(_LETTERS)} texts")
            object.__setattr__(self, "choices", dict(zip(_LETTERS, self.choices, strict=False)))
        if self.choices and self.answer not in self.choices:
            raise Fault(f"{self.place}: answer = {self.answer!r} is no choice: write one of {', '.join(self.choices)}")
        if not isinstance(self.answer, str | int | float):
            raise Fault(f"{self.place}: answer is {self.answer!r}, it needs to be a number, a text or a letter")


@dataclass(frozen=True)
class FigureEntry:
    """What the ledger says of one figure.

    Attributes
    ----------
    id : str
        A few words with hyphens: ``"rate-drop"``.
    alt : str
        What the figure shows, for readers who do not see it: axes, curves, and what to see in them.  Nothing that
        another processor would draw differently, and so no measured digits.
    varies : bool
        Whether another processor draws other points, because the runs are chaotic or the points are errors of
        rounding.  The description holds for all of them, and a rebuild keeps the committed picture.
    place : str
        File and line, for messages.
    """

    id: str
    alt: str
    varies: bool = False
    place: str = ""


_KINDS: dict[str, Any] = {"claim": ClaimEntry, "prediction": PredictionEntry, "figure": FigureEntry}
_NEEDED = {"claim": ("statement", "source"), "prediction": ("question", "answer"), "figure": ("alt",)}


@dataclass(frozen=True)
class Ledger:
    """The entries of one lecture, by kind and id, in the order of the file."""

    name: str
    entries: Mapping[str, Mapping[str, Any]]

    def claim(self, id: str) -> ClaimEntry:
        """Return the entry of a claim; raise a Fault if there is none."""
        return self._find("claim", id)

    def prediction(self, id: str) -> PredictionEntry:
        """Return the entry of a prediction; raise a Fault if there is none."""
        return self._find("prediction", id)

    def figure(self, id: str) -> FigureEntry:
        """Return the entry of a figure; raise a Fault if there is none."""
        return self._find("figure", id)

    def _find(self, kind: str, id: str) -> Any:
        import difflib

        entries = self.entries[kind]
        if id not in entries:
            near = difflib.get_close_matches(str(id), entries, n=1)
            hint = f": did you mean {near[0]!r}?" if near else f", add [{kind}.{_key(id)}] there"
            raise Fault(f"{kind} {id!r} has no entry in the ledger {self.name}{hint}")
        return entries[id]


def parse(text: str, name: str) -> Ledger:
    """Read the text of a ledger.

    Parameters
    ----------
    text : str
        TOML with tables ``[claim."L7.1-variance"]`` and ``[prediction.rate-half]``.  Line breaks within a text are
        spaces.
    name : str
        What messages call the file.

    Raises
    ------
    Fault
        If an entry is malformed; the message names file and line.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{name}: {error}") from None
    if unknown := set(tables) - set(_KINDS):
        raise Fault(f"{name}: [{min(unknown)}] is no kind of entry: write [claim.…], [prediction.…] or [figure.…]")
    entries: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    for kind, table in tables.items():
        if not isinstance(table, dict):
            raise Fault(f"{name}: {kind} = {table!r} is no entry: write a table, [{kind}.…]")
        for id, keys in table.items():
            entries[kind][id] = _entry(kind, id, keys, f"{name}, line {_line(text, kind, id)}")
    return Ledger(name, entries)


def _entry(kind: str, id: str, keys: Any, place: str) -> Any:
    place = f"{place}, {kind} {id}"
    if not isinstance(keys, dict):
        raise Fault(f"{place}: an entry is a table, [{kind}.{_key(id)}] with keys below")
    if not re.fullmatch(_IDS[kind], id):
        raise Fault(f"{place}: the id {id!r} is not like {_LIKE[kind]}")
    known = {field.name: field for field in fields(_KINDS[kind]) if field.name not in {"id", "place"}}
    if unknown := sorted(set(keys) - set(known)):
        raise Fault(f"{place}: {unknown[0]} is no key of a {kind}: there are {', '.join(known)}")
    kept = {key: _checked(key, value, place) for key, value in keys.items()}
    for key in _NEEDED[kind]:
        if kept.get(key) in (None, ""):
            raise Fault(f"{place}: the key {key} is missing or empty")
    if kind == "claim":
        try:
            verdict_kind(kept.get("verdict", "holds"))
        except ValueError as error:
            raise Fault(f"{place}: {error}") from None
    return _KINDS[kind](id=id, place=place, **kept)


def _checked(key: str, value: Any, place: str) -> Any:
    """Return the value of a key, texts in one line; raise a Fault if it is of another type."""
    number = _is_number(value)
    if key in _TEXTS and not isinstance(value, str):
        raise Fault(f"{place}: {key} is {value!r}, it needs to be a text")
    if key in _NUMBERS and not number:
        raise Fault(f"{place}: {key} is {value!r}, it needs to be a number")
    if key in {"tolerance", "rel", "spread"} and not value >= 0:
        raise Fault(f"{place}: {key} is {value!r}, it needs to be 0 or more")
    if key == "varies" and not isinstance(value, bool):
        raise Fault(f"{place}: varies is {value!r}, it needs to be true or false")
    if key in {"digits", "seeds"} and (not number or isinstance(value, float)):
        raise Fault(f"{place}: {key} is {value!r}, it needs to be a whole number")
    if key == "refuted_by" and not all(_is_number(entry) or entry == CONTEXT for entry in flat(value)):
        raise Fault(f'{place}: refuted_by is {value!r}, it needs to be a number, or a row of numbers and "{CONTEXT}"')
    if key == "compares" and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
        raise Fault(f"{place}: compares is {value!r}, it needs to be a list of texts")
    if key == "rates":
        for rates in value.values() if isinstance(value, dict) else [value]:
            if not isinstance(rates, list) or not all(isinstance(rate, int | float) for rate in rates):
                raise Fault(f"{place}: rates is {value!r}, it needs to be a list of numbers, or one for each method")
    if key == "choices" and not (isinstance(value, list | dict) and value):
        raise Fault(f"{place}: choices is {value!r}, it needs to be a list of texts")
    return _one_line(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def flat(value: Any) -> list[Any]:
    """Return the entries of a list and of the lists in it, one after another."""
    return [entry for part in value for entry in flat(part)] if isinstance(value, list) else [value]


def _one_line(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_one_line(part) for part in value]
    if isinstance(value, dict):
        return {key: _one_line(part) for key, part in value.items()}
    return value


def _key(id: str) -> str:
    """Write an id as a key of TOML."""
    return id if re.fullmatch(r"[A-Za-z0-9_-]+", id) else f'"{id}"'


def _line(text: str, kind: str, id: str) -> int:
    """Return the line of an entry's header, or 1 if it is written in another way."""
    header = re.compile(rf"\[\s*{kind}\s*\.\s*([\"']?){re.escape(id)}\1\s*\]")
    lines = (number for number, line in enumerate(text.splitlines(), start=1) if header.match(line.strip()))
    return next(lines, 1)


def verdict_kind(verdict: str) -> str:
    """Return which of the three verdicts a sentence gives; raise ValueError for any other."""
    for kind, pattern in VERDICTS.items():
        if re.fullmatch(pattern, verdict):
            return kind
    raise ValueError(f"the verdict {verdict!r} is none: write 'holds', 'holds only if ...' or 'does not hold[: why]'")


def read(path: Path) -> Ledger:
    """Read a ledger, written out or obscured; raise a Fault if it is missing, damaged or malformed."""
    try:
        text = path.read_text(encoding="utf-8")
        return parse(reveal(text.strip()) if path.suffix == OBSCURED else text, path.name)
    except FileNotFoundError:
        raise Fault(f"there is no ledger {path}: it lies beside the lecture") from None
    except ValueError as error:  # UnicodeDecodeError is one
        raise Fault(f"{path}: {error}") from None


def write_obscured(text: str) -> str:
    """Return the text of a ledger as readers get it: answers are not read in passing, which is no secrecy."""
    return obscure(text) + "\n"


_current: Ledger | None = None


def use(name: str) -> None:
    """Take claims and predictions from the ledger of a lecture, from here on.

    Parameters
    ----------
    name : str
        The lecture, as its file is called: ``"07_optimizer"``.  The ledger is looked for in the working directory,
        which is the notebook's folder wherever Jupyter runs it, and in course/ below.

    Raises
    ------
    Fault
        If there is no such ledger, or an entry is malformed.
    """
    global _current
    folders = (Path.cwd(), Path.cwd() / "course")
    paths = [folder / f"{name}{suffix}" for folder in folders for suffix in (SUFFIX, OBSCURED)]
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise Fault(
            f"the ledger of {name} is not in {folders[0]}: keep {name}{SUFFIX} (or {name}{OBSCURED}, as it is handed "
            "out) beside the notebook, and open the notebook from that folder"
        )
    _current = read(found)


def current() -> Ledger:
    """Return the ledger in use; raise a Fault if none is."""
    if _current is None:
        raise Fault('no ledger is in use: run the first cell, which says ledger.use("…") with the lecture\'s name')
    return _current
