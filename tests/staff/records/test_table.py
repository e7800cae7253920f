"""Tables of other programs: read whatever wrote them, written back alike, and with no cell that acts."""

import pytest

from classroom.fault import Fault
from classroom.staff.records.table import disarmed, made_table, read_table, rearmed

ROWS = [["Zoë", "3,5"], ["Li", "7"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("delimiter", "line_end"), [(";", "\r\n"), ("\t", "\n")])
def test_a_table_is_read_and_written_back_as_it_was(tmp_path, encoding, delimiter, line_end):
    text = line_end.join(delimiter.join(row) for row in [["Name", "Note"], *ROWS]) + line_end
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert (table.header, table.rows, table.delimiter, table.line_end) == (["Name", "Note"], ROWS, delimiter, line_end)
    assert table.to_bytes() == path.read_bytes()


def test_short_rows_are_filled_and_columns_found_in_any_case(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("Name , ID\nZoë\n\n")
    table = read_table(path)
    assert table.rows == [["Zoë", ""]]
    assert (table.place("id"), table.place("login", "NAME"), table.place("mail")) == (1, 0, None)


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"PK\x03\x04", "save it as CSV"), (b"one column\n", "names no columns"), (b"", "names no columns")],
)
def test_what_is_no_table_is_one_sentence(tmp_path, content, fault):
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(Fault, match=fault):
        read_table(tmp_path / "table.csv")
    with pytest.raises(Fault, match="there is no file"):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize("cell", ["=1+1", "+1 2", "@x", "-x", " =1", "-3.5", "-", "+4", "'t Hooft", "Doe"])
def test_a_cell_acts_nowhere_and_comes_back(cell):
    written = disarmed(cell)
    assert rearmed(written) == cell
    assert written in ("-", "-3.5", "+4") or not written.lstrip().startswith(("=", "+", "-", "@"))
    assert made_table(["=x"], [[cell]]).rows == [[written]]
