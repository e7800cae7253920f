"""`classroom similar` shows the class beside its most alike pairs, and no number for an exercise."""

import pytest

from classroom.staff.report.similar_command import show
from classroom.staff.report.similarity import Pair, Ranking, Work

ANNA, BEN, ZOE = (Work(name.lower(), name, {}) for name in ("Anna", "Ben", "[b]Zoe"))


def shown(ranking, capsys, top=10):
    show(ranking, "small", top)
    return " ".join(capsys.readouterr().out.split())


@pytest.fixture
def ranking(monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    carriers = ("relu", "tanh", "elu", "prelu")
    pairs = [Pair(ANNA, ZOE, 1.0, carriers, (("relu", "no_mean_term"),)), Pair(ANNA, BEN, 0.1), Pair(BEN, ZOE, 0.2)]
    return Ranking(3, pairs, [Work("dan", "Dan", {})])


def test_a_pair_stands_beside_how_alike_the_class_is(ranking, capsys):
    said = shown(ranking, capsys)
    assert said.startswith("small, 3 students, 3 pairs. Of all pairs half share at most 20%")
    assert "100% Anna (anna) and [b]Zoe ([b]zoe) relu, tanh, elu and 1 more relu: no mean term" in said
    assert "too little that is not in half of the class, to be compared: Dan" in said
    assert said.endswith("Read both notebooks, and ask.")


def test_no_more_pairs_than_asked_for_are_shown(ranking, capsys):
    said = shown(ranking, capsys, top=1)
    assert "Anna (anna) and [b]Zoe" in said and "Ben (ben)" not in said
