"""Canvas, "Download Submissions": flat, one file for each attachment, without any time."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece

# name, LATE, number of the user, number of the attachment, name of the file.
NAME = re.compile(
    r"(?:(?P<name>(?!anon_)[^/]*?)_)??(?P<late>LATE_)?(?P<user>\d+|anon_\w{5})_(?P<attachment>\d+)_(?P<file>[^/]+)"
)
_TEXT = re.compile(r"[^/]*?(?:\d+|anon_\w{5})_(?P<kind>text|link)\.html")
_VERSION = re.compile(r"(?P<stem>.+?)-(?P<version>\d+)")


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of an archive.

    Notes
    -----
    Canvas writes ``activations-1.ipynb`` when a name is used again, so of two versions of one name the one with the
    later attachment is the later attempt.
    """
    found, parsed = Handover(), {}
    for name in entries:
        if match := NAME.fullmatch(name):
            parsed[name] = match
        elif match := _TEXT.fullmatch(name):
            found.notes[name] = f"a {match['kind']} that was typed into Canvas, no file"
    versions = Counter((match["user"], _plain(match["file"])) for match in parsed.values())
    for name, match in parsed.items():
        plain = _plain(match["file"])
        again = plain.endswith(".ipynb") and versions[match["user"], plain] > 1
        anonymous = match["user"].startswith("anon_")
        found.add(
            name,
            Piece(
                who={} if anonymous else {"canvas": match["user"]},
                called=match["user"],
                file=plain,
                attempt=(int(match["attachment"]),) if again else (),
                said_late=bool(match["late"]) or name.startswith("LATE_"),
                origin=name,
            ),
        )
    return found


def _plain(file: str) -> str:
    """Return a file's name without the number that Canvas adds."""
    path = PurePosixPath(file)
    version = _VERSION.fullmatch(path.stem)
    return version["stem"] + path.suffix if version and path.suffix == ".ipynb" else file
