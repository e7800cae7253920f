"""The command says what it wrote."""

import pytest
from graded_class import CANVAS

from classroom import cli

pytestmark = pytest.mark.slow


def test_the_command_shows_what_it_wrote(course, tmp_path, capsys):
    (tmp_path / "export.csv").write_text(CANVAS)
    command = ["grades", "small", "--to", "canvas", "--into", str(tmp_path / "export.csv"), "--root", str(course.root)]
    with pytest.raises(SystemExit) as ended:
        cli.main(command)
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "jdoe  small: 4.5 → 5" in said and "2 grades written" in said
    assert "small: 1 wait for a person's grade" in said
