"""`classroom quality --mutate`: the score of each assignment, and the mutants that its checks let pass.

With `--names` it prints, under each name that the check gives, the changes that were called so: whether a name is true
is for a person to judge.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.declare.loader import declared_assignments, load_assignment
from classroom.staff.mutation.score import Judged, Score, score


def run(root: Path, names: Sequence[str], count: int, seed: int, read: bool = False) -> int:
    """Judge mutants of these assignments, or of all, print what was found, and return 1 if any is a hole.

    Parameters
    ----------
    root : folder that holds assignments/
    names : assignments; none means all
    count, seed : of the mutants drawn of each
    read : print the names that are given too
    """
    chosen = list(names) or declared_assignments(root / "assignments")
    if not chosen:
        raise Fault(f"{root.resolve()} holds no assignments: run this in the folder with assignments/")
    holes = 0
    for name in chosen:
        folder = root / "assignments" / name
        found = score(load_assignment(folder if folder.is_dir() else name), count, seed, names=read)
        for line in names_given(found) if read else ():
            print(line, flush=True)
        for one in found.survivors:
            print(_described(one), flush=True)
        print(found, flush=True)
        holes += len(found.survivors)
    return 1 if holes else 0


def names_given(found: Score) -> Iterator[str]:
    """Yield each name that was given, its sentence, and the changes that were called so; last of all the totals."""
    told = sorted(
        ((one.exercise, bug.how, bug.name, bug.sentence, str(one.mutant)) for one in found.judged for bug in one.bugs),
    )
    for (exercise, how, name), group in itertools.groupby(told, key=lambda line: line[:3]):
        same = list(group)
        yield f"{exercise} · {name} ({how}, {len(same)})"
        for sentence, changes in itertools.groupby(same, key=lambda line: line[3]):
            yield f"  {sentence}"
            yield from (f"    {change[4]}" for change in changes)
    killed = [one for one in found.judged if one.fate == "home"]
    ran = [one for one in killed if not one.stops]
    causes = sum(any(bug.how != "symptom" for bug in one.bugs) for one in ran)
    yield (
        f"{found.assignment}: {len(told)} names given; of {len(ran)} that give wrong values {causes} are told a cause "
        f"and {sum(bool(one.bugs) for one in ran)} anything; of {len(killed) - len(ran)} that only stop "
        f"{sum(bool(one.bugs) for one in killed if one.stops)}"
    )


def _described(one: Judged) -> str:
    """Say what passes at home, and where it differs."""
    return f"{one.exercise}: {SAID[one.fate]}: {one.mutant}\n    {one.where}"


SAID = {
    "classes": "passes at home, and falls when it is graded",
    "some classes": "passes at home, and falls in some classes only",
    "hole": "passes everywhere",
    "ends the check": "ends the check",
}
