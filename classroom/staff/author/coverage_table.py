"""coverage.toml says where each item of the sources stands: a lecture that no longer says it is not built."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.ledger import SUFFIX, Ledger, read

NAME = "coverage.toml"
_ITEM = re.compile(r"\b(?:S\d-\d+|C\d{1,2})\b")


class CoverageTable:
    """The rows of a course's coverage.toml, by item, and the lectures that they name.

    Parameters
    ----------
    root : Path
        The folder of the course, in which coverage.toml and course/ lie.

    Raises
    ------
    Fault
        If the file is no TOML.
    """

    def __init__(self, root: Path) -> None:
        try:
            table = tomllib.loads((root / NAME).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise Fault(f"{NAME}: {error}") from None
        self.rows: dict[str, Mapping[str, Any]] = {**table, **table.get("contradictions", {})}
        self.rows.pop("contradictions", None)
        self._course = root / "course"
        self._said: dict[str, list[str]] = {}

    @classmethod
    def beside(cls, lecture: Path) -> "CoverageTable | None":
        """Return the table of the course that a lecture belongs to; None if it has none."""
        root = lecture.parents[1]
        return cls(root) if (root / NAME).exists() else None

    @cached_property
    def _claims(self) -> dict[str, str]:
        """The lecture of each claim."""
        ledgers = (read(path) for path in sorted(self._course.glob(f"[0-9][0-9]_*{SUFFIX}")))
        return {id: Path(ledger.name).stem for ledger in ledgers for id in ledger.entries["claim"]}

    def _sections(self, lecture: str) -> list[str]:
        """Return what each section of a lecture says, with what its ledger adds."""
        if lecture not in self._said:
            path = self._course / f"{lecture}.py"
            self._said[lecture] = sections_of(path, read(path.with_suffix(SUFFIX))) if path.exists() else []
        return self._said[lecture]

    def _homes(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield lecture and text of the sections that a row names by its places or, without any, by its claims."""
        named = [home.partition(": ")[::2] for home in row.get("place") or row.get("question", [])]
        if not row.get("place"):
            named += [(self._claims[id], f'"{id}"') for id in row.get("claim", []) if id in self._claims]
        for lecture, words in named:
            yield from ((lecture, section) for section in self._sections(lecture) if words in section)

    def missing(self, lecture: str, ledger: Ledger) -> Iterator[str]:
        """Yield what a lecture owes the table, and the items that its claims name and the table does not have."""
        for entry in ledger.entries["claim"].values():
            for item in _ITEM.findall(entry.source):
                if item not in self.rows:
                    yield f"{entry.place}: the source names {item}, which {NAME} has no row for: correct one of them"
        for item, row in self.rows.items():
            yield from (f"{NAME}, {item}: {lack}" for lack in self._lacks(row, lecture, ledger))

    def _lacks(self, row: Mapping[str, Any], lecture: str, ledger: Ledger) -> Iterator[str]:
        asked = " ".join(entry.question for entry in ledger.entries["prediction"].values())
        said = {"question": asked, "place": " ".join(self._sections(lecture))}
        for kind, verb in (("question", "asks"), ("place", "says")):
            for home in row.get(kind, []):
                name, _, words = home.partition(": ")
                if name == lecture and words not in said[kind]:
                    yield f"{lecture} no longer {verb} {words!r}: change the {kind} there, or the lecture"
        number = f"L{int(lecture[:2])}."
        for id in row.get("claim", []):
            if id.startswith(number) and id not in ledger.entries["claim"]:
                yield f"{lecture} has no claim {id}: change the claim there, or the lecture"
        homes = set(self._homes(row)) if row.get("keywords") else set()
        if lecture in {name for name, _ in homes}:
            text = " ".join(section for _, section in sorted(homes)).lower()
            for word in row["keywords"]:
                if word.lower() not in text:
                    yield f"no section of this row says {word!r}: change its keywords, or {lecture}"


def sections_of(lecture: Path, ledger: Ledger) -> list[str]:
    """Return the words of each section of a lecture's text, with those of its ledger, as a reader meets them.

    A section begins at a heading of the second rank; the first one is what stands above it.  Each is one line.
    """
    entries = [entry for kind in ledger.entries.values() for entry in kind.values()]
    found = []
    for part in re.split(r"(?m)^(?=# ## )", lecture.read_text(encoding="utf-8")):
        told = [re.sub(r"(?m)^# ?", "", part)]
        for entry in (one for one in entries if f'"{one.id}"' in part):
            told += [text for text in vars(entry).values() if isinstance(text, str)]
            choices = getattr(entry, "choices", ())
            told += choices.values() if isinstance(choices, Mapping) else choices
        found.append(re.sub(r"\s+", " ", " ".join(told)))
    return found
