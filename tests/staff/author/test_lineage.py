"""From a claim backwards, the statements are found that its numbers come from, and no others."""

import ast

import pytest

from classroom.staff.author.lineage import lineage

TEXT = """\
import numpy as np
rates = (1, 2)
rng = np.random.default_rng(0)
def run(rate, seed):
    found = rate * rng.normal()
    return found
found = [run(rate, 0) for rate in rates]
claim("L8.1-first", found)
found = {}
for seed in range(3):
    for rate in rates:
        found[seed] = run(rate, seed)
best = max(found.values())
claim("L8.1-second", best)
"""


def lines(id, text=TEXT):
    return [ast.unparse(statement).splitlines()[0] for statement in lineage(ast.parse(text), id).body]


def test_names_are_followed_to_where_they_get_their_value():
    start = ["rates = (1, 2)", "rng = np.random.default_rng(0)", "def run(rate, seed):"]
    assert lines("L8.1-first") == [*start, "found = [run(rate, 0) for rate in rates]", "claim('L8.1-first', found)"]
    assert lines("L8.1-second")[:3] == start


def test_a_name_counts_from_where_it_was_last_assigned():
    assert lines("L8.1-second")[3:] == [
        "found = {}",
        "for seed in range(3):",
        "best = max(found.values())",
        "claim('L8.1-second', best)",
    ]


@pytest.mark.parametrize("part", ["seen.append(x)", "seen[0] = x", "seen.part = x", "seen += x", "seen, other = x, 1"])
def test_what_changes_a_part_of_a_value_belongs_to_it(part):
    assert lines("L8.1-a", f"x = 3\nseen = make()\n{part}\nclaim('L8.1-a', seen)\n")[0] == "x = 3"


def test_names_of_a_function_or_a_comprehension_are_its_own():
    text = "x = 1\nname = 2\ndef run(x):\n    return x\ny = [run(name) for name in 'ab']\nclaim('L8.1-a', y)\n"
    assert lines("L8.1-a", text) == lines("L8.1-a", text.removeprefix("x = 1\nname = 2\n"))


def test_a_claim_that_the_lecture_does_not_make_comes_from_nothing():
    assert lines("L8.1-third") == []
