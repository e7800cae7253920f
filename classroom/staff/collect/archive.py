"""Archives and folders that somebody else filled: read entry by entry, nothing unpacked, nothing trusted."""

import dataclasses
import functools
import io
import re
import stat
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.grade.submissions_folder import ATTEMPT_BYTES, read_regular
from classroom.staff.records.kept_names import below
from classroom.staff.records.student_id import composed, shown

ENTRY_BYTES = ATTEMPT_BYTES  # of one file
ENTRIES = 250_000  # of one archive; more is no class
_SYSTEM = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.git|\.venv|__pycache__)/|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db)$"
)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of an archive or a folder; it is read when it is wanted."""

    name: str
    size: int
    _read: Callable[[], bytes] = dataclasses.field(repr=False, compare=False)

    def read(self) -> bytes:
        """Return the content.

        Raises
        ------
        Fault
            If it is larger than it says or than is read, or damaged.
        """
        try:
            data = self._read()
        except Exception as error:  # of zipfile and four decompressors: a stranger's bytes choose which
            raise Fault(f"cannot be unpacked ({error or type(error).__name__})") from None
        if len(data) > ENTRY_BYTES:
            raise Fault(f"unpacks to more than {ENTRY_BYTES >> 20} MB")
        return data


@dataclasses.dataclass
class Contents:
    """What is in an archive or a folder.

    entries : files by name, with `/` between folders
    refused : name to reason, for what is not read at all
    system : number of files that operating systems and editors add
    """

    entries: dict[str, Entry] = dataclasses.field(default_factory=dict)
    refused: dict[str, str] = dataclasses.field(default_factory=dict)
    system: int = 0

    def add(self, name: str, size: int, reason: str, read: Callable[[], bytes]) -> None:
        """Take an entry, or refuse it."""
        name = composed(name)
        reason = reason or _objection(name)
        if not reason and size > ENTRY_BYTES:
            reason = f"unpacks to {size / 1e6:,.0f} MB, at most {ENTRY_BYTES >> 20} MB are read"
        if not reason and name in self.entries:
            reason = "is there twice: the first one was taken"
        if _SYSTEM.search(name):
            self.system += 1
        elif reason:
            self.refused[shown(name)] = reason
        else:
            self.entries[name] = Entry(name, size, read)


def _objection(name: str) -> str:
    parts = re.split(r"[/\\]", name)
    if not name:
        return "has no name"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:[/\\]", name) or ".." in parts:
        return "leads out of the archive"
    if not name.isprintable():
        return "has a name that cannot be printed"
    if max(len(part.encode()) for part in name.split("/")) > 255 or len(name) > 1000:
        return "has a name that is too long for a file"
    return ""


def open_contents(path: Path, stack: ExitStack) -> Contents:
    """Look into a zip, a folder, or a folder of zips.

    Parameters
    ----------
    path : the file or folder
    stack : closes the archives at its end

    Raises
    ------
    Fault
        If it is neither, or no archive can be read.
    """
    contents = Contents()
    if path.is_dir():
        zips = [one for one in sorted(path.iterdir()) if one.suffix == ".zip" and one.is_file()]
        others = [one for one in path.iterdir() if not one.name.startswith(".") and one not in zips]
        if zips and not others:
            for one in zips:
                _add_zip(contents, stack.enter_context(_opened(one, one.name)))
        else:
            _add_folder(contents, path)
    elif path.is_file():
        if path.suffix == ".ipynb":
            raise Fault(
                f"{path} is one notebook, and does not say whose: put it into class/submitted/<student>/<assignment>/"
            )
        _add_zip(contents, stack.enter_context(_opened(path, path.name)))
    else:
        raise Fault(f"there is no file or folder {path}")
    return contents


def open_bytes(data: bytes, name: str) -> Contents:
    """Look into a zip that a student has handed in.

    Raises
    ------
    Fault
        If it is none.
    """
    contents = Contents()
    _add_zip(contents, _opened(io.BytesIO(data), name))
    return contents


def _opened(file: Path | io.BytesIO, name: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except Exception:  # the bytes of a directory may be anything, too
        raise Fault(f"{name} is no zip archive that can be read: download it again") from None
    if len(archive.infolist()) > ENTRIES:
        archive.close()
        raise Fault(f"{name} has {len(archive.infolist()):,} entries, at most {ENTRIES:,} are looked at")
    return archive


def _add_zip(contents: Contents, archive: zipfile.ZipFile) -> None:
    for info in archive.infolist():
        if info.filename.endswith("/"):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        reason = "is a link" if kind == stat.S_IFLNK else "is no file" if kind not in (0, stat.S_IFREG) else ""
        reason = "is encrypted" if info.flag_bits & 1 else reason
        contents.add(_name(info), info.file_size, reason, _reader(archive, info))


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with archive.open(info) as file:
            return file.read(ENTRY_BYTES + 1)

    return read


def _name(info: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: many systems write UTF-8 and do not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _add_folder(contents: Contents, folder: Path) -> None:
    for path in below(folder):
        name = path.relative_to(folder).as_posix()
        state = path.lstat()
        reason = "is a link" if stat.S_ISLNK(state.st_mode) else "" if stat.S_ISREG(state.st_mode) else "is no file"
        contents.add(name, state.st_size, reason, functools.partial(_content, path))


def _content(path: Path) -> bytes:
    return read_regular(path, ENTRY_BYTES + 1) or b""
