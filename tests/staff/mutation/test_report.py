"""`classroom quality --mutate` prints what passes, where it differs, and the score."""

import pytest

from classroom import cli
from classroom.fault import Fault
from classroom.judge.diagnosis import Diagnosis
from classroom.staff.mutation import report
from classroom.staff.mutation.generate import AutomaticMutant
from classroom.staff.mutation.score import Judged, Score

MUTANT = AutomaticMutant("relu", "reference", "another constant", "x > 0", "x > 1", "")


def test_a_hole_is_printed_with_a_call_that_shows_it(monkeypatch, capsys):
    judged = [Judged("relu", MUTANT, "hole", "'a case', times 1000: y is 0"), Judged("relu", MUTANT, "home")]
    monkeypatch.setattr(report, "score", lambda assignment, count, seed, names: Score("activations", judged))
    with pytest.raises(SystemExit) as ended:
        cli.main(["quality", "--mutate", "activations", "--sample", "2"])
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "relu: passes everywhere: relu [reference] another constant: `x > 0` → `x > 1`\n    'a case'" in out
    assert "activations: 2 mutants, 1 killed at home" in out and "score 50.0%" in out


def test_where_nothing_passes_the_command_ends_with_0(monkeypatch, capsys):
    monkeypatch.setattr(
        report, "score", lambda assignment, count, seed, names: Score("one", [Judged("relu", MUTANT, "home")])
    )
    with pytest.raises(SystemExit) as ended:
        cli.main(["quality", "--mutate", "activations"])
    assert ended.value.code == 0 and "score 100.0%" in capsys.readouterr().out


def test_a_folder_without_assignments_is_told(tmp_path):
    with pytest.raises(Fault, match="holds no assignments"):
        report.run(tmp_path, [], 1, 0)


def test_names_are_printed_with_the_changes_that_were_called_so(monkeypatch, capsys):
    bugs = (Diagnosis("clipped", "You clip at 1.", "mutant", 2), Diagnosis("zeros", "y is 0.", "symptom", 2))
    judged = [Judged("relu", MUTANT, "home", bugs=bugs[:1]), Judged("relu", MUTANT, "home", bugs=bugs, stops=True)]
    monkeypatch.setattr(report, "score", lambda assignment, count, seed, names: Score("activations", judged))
    with pytest.raises(SystemExit):
        cli.main(["quality", "--mutate", "--names", "activations"])
    out = capsys.readouterr().out
    assert "relu · clipped (mutant, 2)\n  You clip at 1.\n    relu [reference] another constant: `x > 0`" in out
    assert "3 names given; of 1 that give wrong values 1 are told a cause and 1 anything; of 1 that only stop 1" in out
