"""What a learning system's name of a file says: whose it is, when it came, and which attempt it belongs to."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from classroom.staff.collect.archive import Entry
from classroom.staff.records.moment import believable


@dataclasses.dataclass(frozen=True)
class Piece:
    """One file of somebody's hand-in.

    who : what the system calls the student, by kind (`roster.FIELDS`), the surest first
    called : the id where there is no roster
    file : its name as the student gave it, folders included
    attempt : the same for all files of one hand-in of one student; later attempts sort behind earlier ones
    moment : when it was handed in, in UTC; or, with `local`, by the clock of the course
    said_late : the system marks it as late
    origin : what feedback to this hand-in must be called
    """

    who: Mapping[str, str]
    called: str
    file: str
    attempt: tuple[str | int, ...] = ()
    moment: dt.datetime | None = None
    said_late: bool = False
    origin: str = ""


@dataclasses.dataclass
class Handover:
    """An archive as one system would read it.

    pieces : by the name of the entry
    notes : name to sentence, for entries that are known and hold no work
    told : sentences that a person should read
    """

    pieces: dict[str, list[Piece]] = dataclasses.field(default_factory=dict)
    notes: dict[str, str] = dataclasses.field(default_factory=dict)
    told: list[str] = dataclasses.field(default_factory=list)

    def add(self, entry: str, piece: Piece) -> None:
        """Take an entry as part of a hand-in; of a group, it belongs to several."""
        self.pieces.setdefault(entry, []).append(piece)


Reader = Callable[[Mapping[str, Entry], str, dt.tzinfo], Handover]


def named_like(pattern: re.Pattern[str], entries: Iterable[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield every entry whose whole name is written as this pattern, and what the pattern found in it."""
    for name in entries:
        if match := pattern.fullmatch(name):
            yield name, match


def local_moment(naive: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """Return a time of the course's clocks in UTC, of two equal ones in autumn the first; None of one that is none."""
    return believable(naive.replace(tzinfo=zone, fold=0))
