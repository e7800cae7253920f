"""Tables that other programs wrote: any usual encoding, comma, semicolon or tab; no cell acts as a formula."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from classroom.fault import Fault

_DELIMITERS = (",", ";", "\t")
_LARGEST = 50 << 20
csv.field_size_limit(1 << 20)


@dataclasses.dataclass
class Table:
    """Rows of text under a header, and how the file was written: it is written back the same way."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\r\n"

    def place(self, *names: str) -> int | None:
        """Return which column has one of these names, case and quotes aside; None if none has."""
        wanted = {name.casefold() for name in names}
        return next((place for place, name in enumerate(self.header) if name.strip().casefold() in wanted), None)

    def to_bytes(self) -> bytes:
        """Write the table."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return stream.getvalue().encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read a table.

    Raises
    ------
    Fault
        If there is no such file, or it is no table.
    """
    if not path.is_file():
        raise Fault(f"there is no file {path}")
    if path.stat().st_size > _LARGEST:
        raise Fault(f"{path} has {path.stat().st_size / 1e6:.0f} MB: a table of a class has a few")
    data = path.read_bytes()
    if data[:4] == b"PK\x03\x04":
        raise Fault(f"{path} is a spreadsheet or an archive: save it as CSV first")
    text, encoding = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise Fault(f"{path} is no table that can be read: {error}") from None
    if len(rows) < 1 or len(rows[0]) < 2:
        raise Fault(f"{path} is no table: its first line names no columns")
    header = [name.strip() for name in rows[0]]
    body = [row + [""] * (len(header) - len(row)) for row in rows[1:]]
    return Table(header, body, delimiter, encoding, "\r\n" if "\r\n" in text else "\n")


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding; a spreadsheet's export may have any of these."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16"), "utf-16"
    marked = data[:3] == b"\xef\xbb\xbf"
    for encoding in ("utf-8-sig" if marked else "utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")


def disarmed(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    Examples
    --------
    >>> disarmed("=HYPERLINK(1)"), disarmed("-3.5"), disarmed("-"), disarmed("Doe, Jane")
    ("'=HYPERLINK(1)", '-3.5', '-', 'Doe, Jane')
    """
    if cell == "-" or not cell.lstrip().startswith(("=", "+", "-", "@")):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell


def rearmed(cell: str) -> str:
    """Return a cell as it was before it was disarmed.

    Examples
    --------
    >>> rearmed(disarmed("+1")), rearmed(disarmed("=x")), rearmed("'t Hooft")
    ('+1', '=x', "'t Hooft")
    """
    armed = cell.startswith("'") and cell[1:].lstrip().startswith(("=", "+", "-", "@"))
    return cell[1:] if armed else cell


def made_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Make a table of our own, every cell disarmed."""
    return Table([disarmed(name) for name in header], [[disarmed(cell) for cell in row] for row in rows])
