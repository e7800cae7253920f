"""In which cases an answer is wrong, where one thing tells them from all that are right.

What is told are facts, as with all symptoms: they hold in every case that was asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from classroom.call.script import Call, Literal
from classroom.call.value import Value
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.symptom import Symptom

CASES = 2  # that have to be wrong, and right: what one case differs in is many things
MORE = 3  # cases that have to be right where more than two are wrong: two may be right whatever the bug is
MOST_OF = 0.8  # of the cases that share something have to be wrong, where others are many
GIVEN = "given"


@dataclass(frozen=True)
class Met:
    """A case in which every call has come to its end, and which of its outputs are wrong."""

    case: SheetCase
    wrong: tuple[str, ...]


def case_pattern(met: Sequence[Met]) -> Symptom | None:
    """Return what tells the cases with something wrong from those without; None where nothing does.

    Parameters
    ----------
    met : all visible cases
    """
    asked = {part for item in met for part in _parts(item)}
    asking = [item for item in met if asked & set(item.case.parts.values())]
    late = _from_the_second_call(met)
    if not _comparable(asking):
        return late
    if late is not None:  # for others, what wrong cases leave out is seldom what makes them wrong
        return _without_a_setting(asking) or late
    return _with_a_setting(asking, "" if len(asking) == len(met) else f" that ask for {' or '.join(sorted(asked))}")


def _comparable(met: Sequence[Met]) -> bool:
    """Whether right cases are as sure as wrong ones: bounds on random answers let pass what a comparison does not."""
    measured = [item.case.measure is not None for item in met if not item.wrong]
    return not any(measured) or all(item.case.measure is not None for item in met if item.wrong)


def _parts(item: Met) -> set[str]:
    """Return the parts of the points that are wrong in a case: where none of them is asked for, nothing is learnt."""
    named = {part for name, part in item.case.parts.items() if name in item.wrong}
    # What is measured of an answer as a whole, as the accuracy of a network, has its part under a name of its own.
    return named or (set(item.case.parts.values()) if item.wrong else set())


def follows_from(case: SheetCase, output: str, wrong: Sequence[str]) -> bool:
    """Whether a function computed an output from what it returned itself beside a wrong one: that says no more."""
    spoilt: dict[str, tuple[str, str]] = {}  # names, and the functions that have returned them
    for call in case.script:
        follows = any(spoilt.get(name) == (call.function, call.item) for name in call.uses)
        if output in call.defines:
            return follows
        if follows or not set(wrong).isdisjoint(call.defines):
            spoilt |= dict.fromkeys(call.defines, (call.function, call.item))
    return False


# --- steps ------------------------------------------------------------------------------------------------------------


def _from_the_second_call(met: Sequence[Met]) -> Symptom | None:
    """Say so when a function is right as long as it is not given what it has returned itself, and kept for itself."""
    late: list[tuple[int, Symptom]] = []  # and the place of the call that has returned what is given
    for item in met:
        first = [name for name in item.case.outputs if not _given_its_own(item.case, name)]
        if not set(first).isdisjoint(item.wrong):
            return None
        if not first or not item.wrong:
            continue
        begins = min(item.wrong, key=lambda name: item.case.script.index(_call_of(item.case, name)))
        call = _call_of(item.case, begins)
        kept = [name for name in call.uses if name not in item.case.inputs and name not in item.case.outputs]
        if not kept:
            return None
        told = Symptom(
            "from a later call on",
            f"{first[-1]}, of a first call, is right in every case. What is wrong begins with {begins}, for which "
            f"{call.function} is given {kept[0]}, which it has returned itself. What is kept there, and what is made "
            "of it?",
        )
        late.append((item.case.script.index(_call_of(item.case, kept[0])), told))
    return min(late, key=lambda each: each[0])[1] if len(late) >= CASES else None


def _call_of(case: SheetCase, output: str) -> Call:
    return next(call for call in case.script if output in call.defines)


def _given_its_own(case: SheetCase, output: str) -> bool:
    """Whether the call that makes an output is given what an earlier call of the same function has returned."""
    call = _call_of(case, output)
    before = case.script[: case.script.index(call)]
    same = [other for other in before if (other.function, other.item) == (call.function, call.item)]
    return any(not set(other.defines).isdisjoint(call.uses) for other in same)


# --- settings ---------------------------------------------------------------------------------------------------------


def _without_a_setting(met: Sequence[Met]) -> Symptom | None:
    """Say so when a function that keeps something is right wherever one of its settings is given."""
    settings = [_settings(item.case) for item in met]
    found: dict[tuple[bool, ...], list[str]] = {}  # by the cases that give it
    for name in dict.fromkeys(name for item in met for name in item.case.inputs):
        giving = tuple(name in each for each in settings)
        right = [not item.wrong for item, gives in zip(met, giving, strict=True) if gives]
        if len(right) >= CASES and all(right):
            found.setdefault(giving, []).append(name)
    if len(found) != 1:
        return None
    ((giving, names),) = found.items()
    named, them = " and ".join(names), "it" if len(names) == 1 else "them"
    return Symptom(
        "a setting left out",
        f"Right in each of the {sum(giving)} cases that give {named}: what is wrong leaves {them} out. Does the "
        "function then take the value that the text asks for?",
    )


def _with_a_setting(met: Sequence[Met], parts: str = "") -> Symptom | None:
    """Name what all wrong cases have in common, and few right ones, where there is just one such thing.

    `parts` says which cases these are, where there are others that ask for nothing that is wrong.
    """
    settings, wrong = [_settings(item.case) for item in met], [bool(item.wrong) for item in met]
    found: dict[tuple[bool, ...], list[tuple[str, str]]] = {}  # by the cases that have it: its name, and how it is
    for name in dict.fromkeys(name for each in settings for name in each):
        for how, having in _in_common([each.get(name, "") for each in settings], wrong):
            if _tells(sum(wrong), sum(having), having.count(False)):
                found.setdefault(having, []).append((name, how))
    exact = {having: said for having, said in found.items() if sum(having) == sum(wrong)}
    if len(exact or found) != 1:
        return None
    ((having, said),) = (exact or found).items()
    names = " and ".join(name for name, _ in said)
    given = all(how == GIVEN for _, how in said)
    if (len(said) > 1 and not given) or (given and _plain(settings, having, {name for name, _ in said})):
        return None
    which = f"that give {names}" if given else f"in which {names} is {said[0][1]}"
    alike, some = sum(having), sum(wrong)
    if parts:
        share = f"all {alike}" if exact else f"{some} of the {alike}"
        text = f"Of the {len(met)} cases{parts}, {share} {which} are wrong, and all others are right."
    else:
        text = f"Wrong in {'each' if exact else some} of the {alike} cases {which}, and right in all others."
    return Symptom("a setting", text)


def _plain(settings: Sequence[dict[str, str]], having: Sequence[bool], names: set[str]) -> bool:
    """Whether all the right cases set nothing, where wrong ones set other things too: any of these may matter."""
    everywhere = set.intersection(*map(set, settings))
    others = [set(each) - everywhere for each, has_it in zip(settings, having, strict=True) if not has_it]
    alike = [set(each) - everywhere - names for each, has_it in zip(settings, having, strict=True) if has_it]
    return any(alike) and not any(others)


def _tells(wrong: int, alike: int, others: int) -> bool:
    """Whether so many wrong cases among those alike, and none among so many others, are no chance."""
    if wrong == alike:
        return wrong >= CASES and others >= min(alike, MORE)
    return wrong >= max(CASES, MOST_OF * alike) and others >= max(CASES, alike / 2)


def _in_common(values: Sequence[str], wrong: Sequence[bool]) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Yield what all wrong cases have in common in one setting ("" where it is left out), and which cases have it."""
    ours = {value for value, fails in zip(values, wrong, strict=True) if fails}
    given, alike = tuple(map(bool, values)), tuple(value in ours for value in values)
    if "" not in ours:
        yield GIVEN, given
        if len(ours) == 1 and alike != given:
            yield min(ours), alike


def _settings(case: SheetCase) -> dict[str, str]:
    """Return what a case sets, in words: its options and modes, and how many axes its arrays have."""
    found: dict[str, list[str]] = {}
    for name, value in _named(case):
        for what, said in _described(name, value):
            found.setdefault(what, []).append(said)
    return {what: " or ".join(dict.fromkeys(said)) for what, said in found.items()}


def _named(case: SheetCase) -> Iterator[tuple[str, Value]]:
    yield from case.inputs.items()
    for call in case.script:
        yield from ((name, item.value) for name, item in call.keywords if isinstance(item, Literal))


def _described(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, np.ndarray) and value.ndim:
        yield f"the number of axes of {name}", str(value.ndim)
    elif name == "shape" and isinstance(value, list | tuple):
        yield "the length of shape", str(len(value))
    elif isinstance(value, np.ndarray | int | float) and not isinstance(value, bool):
        yield name, _size(float(value))
    else:
        yield name, repr(value) if isinstance(value, bool | str | None) else f"a {type(value).__name__.lower()}"


def _size(number: float) -> str:
    if number in (0, 1):
        return f"{number:g}"
    return "negative" if number < 0 else "between 0 and 1" if number < 1 else "more than 1"
