"""What a claim owes its reader: a number, a test that can fail, a fair comparison, and nothing that was cut off.

The ledger itself refuses a tolerance that lets the opposite verdict through; here is asked whether it was told what
the opposite would be.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.ledger import ClaimEntry, Ledger, verdict_kind
from classroom.staff.author.lineage import lineage

_ROUNDING = 1e-6  # a limit of this size says that two computations agree; any method that differs breaks it
_LEARNS = re.compile(
    r"\b((learn|train|converge|overfit|memoriz|fine-tun|generaliz|landscape)\w*"
    r"|(training|validation|test) (loss|error|accurac|image)\w*)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(than|over (that|those|the|its)|more|fewer|better|worse|(fast|slow|soon|hard|easi|smooth|small|larg|high)er"
    r"|(help|gain|pay|lower|reduce|improve|prevent)s?|speeds? up)\b|(?<!at )\bless\b",
    re.IGNORECASE,
)
_CUTS = {"min", "max", "minimum", "maximum", "clip", "fmin", "fmax"}


def unproven(lecture: Path, ledger: Ledger) -> list[str]:
    """Return what the claims of a lecture lack, one sentence each with its place.

    Parameters
    ----------
    lecture : Path
        The text of the lecture, as course/03_activation.py.
    ledger : Ledger
        Its ledger.

    Raises
    ------
    Fault
        If the text is no Python.
    """
    text = re.sub(r"(?m)^%", "#", lecture.read_text(encoding="utf-8"))
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise Fault(f"{lecture.name}, line {error.lineno}: {error.msg}") from None
    entries = ledger.entries["claim"].values()
    found = [f"{entry.place}: {lack}" for entry in entries for lack in _lacks(entry)]
    found += [f"{entry.place}: {lack}" for entry in entries for lack in _untold(entry, lineage(tree, entry.id))]
    return found + [f"{lecture.name}, line {line}: a claim shows what was measured, not min or max of it and a limit"
                    for line in _cut_offs(tree)]  # fmt: skip


def _lacks(entry: ClaimEntry) -> Iterator[str]:
    if entry.refuted_by is None and _is_loose(entry):
        yield "refuted_by is missing, the value that would give the opposite verdict: the tolerance has to exclude it"
    if verdict_kind(entry.verdict) == "does not hold":
        if ":" not in entry.verdict:
            yield 'the verdict says why: "does not hold: ..."'
        if not entry.conditions:
            yield (
                "conditions is missing: what the statement itself presumes and was kept here; a statement that fails "
                'only under other conditions "holds only if ..."'
            )
    if entry.spread is not None and entry.tolerance is not None and entry.spread > entry.tolerance:
        yield (
            f"processors measure values {entry.spread:g} apart (spread), the tolerance is {entry.tolerance:g}: measure "
            "over more seeds, or tell the reader how wide it is"
        )
    if _says_yes_or_no(entry.expected):
        yield "expected is true or false: a claim shows the number that was measured, with its tolerance or limit"
    compared = _LEARNS.search(entry.statement) and _COMPARES.search(entry.statement)
    if compared and not entry.compares and not entry.conditions:
        yield (
            "it compares what is trained: compares, rates and seeds say that each method had its best rate; where it "
            "does not compare methods, conditions says what it compares"
        )
    if entry.compares and not entry.rates and not re.search(r"\brates?\b", entry.statement):
        yield "rates is left out, so the statement itself says at which rate or rates the methods are compared"


def _says_yes_or_no(expected: Any) -> bool:
    return any(map(_says_yes_or_no, expected)) if isinstance(expected, list) else isinstance(expected, bool)


def _is_loose(entry: ClaimEntry) -> bool:
    """Say whether more than one value passes, and more than rounding explains."""
    if entry.at_least is not None:
        return True
    if entry.at_most is not None:
        return entry.at_most > _ROUNDING
    return (entry.tolerance or 0.0) > _ROUNDING or (entry.rel or 0.0) > _ROUNDING


def _untold(entry: ClaimEntry, tree: ast.Module) -> Iterator[str]:
    """Yield rates and seeds that the ledger names and the statements behind the claim do not have."""
    if not entry.compares:
        return
    rows = _rows_of_numbers(tree)
    for rates in entry.rates.values() if isinstance(entry.rates, dict) else [entry.rates]:
        if rates and tuple(map(float, rates)) not in rows:
            yield f"it is not computed from a row of the rates {', '.join(f'{rate:g}' for rate in rates)}"
    if float(entry.seeds) not in _numbers_of_seeds(tree):
        yield f"it is not computed from a loop over {entry.seeds} seeds: write  for seed in range({entry.seeds})"


def _numbers_of_seeds(tree: ast.Module) -> set[float | None]:
    """Return each n of `for seed in range(n)`, `SEEDS = range(n)` and a parameter `seeds=n`."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.For(target=ast.Name("seed"), iter=ast.Call(ast.Name("range"), [stop])):
                found.add(_number(stop))
            case ast.comprehension(target=ast.Name("seed"), iter=ast.Call(ast.Name("range"), [stop])):
                found.add(_number(stop))
            case ast.Assign(targets=[ast.Name("SEEDS")], value=ast.Call(ast.Name("range"), [stop])):
                found.add(_number(stop))
            case ast.arguments(args=parameters, defaults=defaults) if defaults:
                pairs = zip(parameters[-len(defaults) :], defaults, strict=True)
                found.update(_number(default) for parameter, default in pairs if parameter.arg == "seeds")
    return found


def _rows_of_numbers(tree: ast.Module) -> set[tuple[float, ...]]:
    rows = [node.elts for node in ast.walk(tree) if isinstance(node, ast.Tuple | ast.List)]
    numbers = [[_number(entry) for entry in row] for row in rows]
    return {tuple(entry for entry in row if entry is not None) for row in numbers if None not in row}


def _number(node: ast.AST) -> float | None:
    """Return the number that stands there written out; None for anything else."""
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _cut_offs(tree: ast.Module) -> Iterator[int]:
    """Yield the lines in which a claim is given the smaller or larger of a value and a number."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for claim in (call for call in calls if ast.unparse(call.func) == "claim"):
        for value in claim.args[1:2]:
            within = [node for node in ast.walk(value) if isinstance(node, ast.expr)]
            yield from (node.lineno for node in within if _cuts(node))
            names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
            before = [one for one in tree.body if isinstance(one, ast.Assign) and one.lineno < claim.lineno]
            last = {ast.unparse(target): one.value for one in before for target in one.targets}
            yield from (last[name].lineno for name in sorted(names & set(last)) if _cuts(last[name]))


def _cuts(node: ast.AST) -> bool:
    """Say whether a call chooses between a value and a number that is written out."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in _CUTS:
        return False
    return any(_number(argument) is not None for argument in node.args)
