"""A verdict as the student reads it: the same words in plain text and in HTML."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from classroom.call.caller import CallError
from classroom.judge.diagnosis import Diagnosis
from classroom.judge.verdict import ABSENT, Finding, Verdict

SIGNS = {"right": "✓", "wrong": "✗", "crashed": "✗", "not started": "○"}
WORDS = 160
LINES = 7  # findings that get a line of their own
_STAGES = ("type", "shape", "dtype", "finite", "value")
_EDGES = {"right": "#3a7d44", "wrong": "#b3541e", "crashed": "#b3541e", "not started": "#777777"}


@dataclass(frozen=True)
class Message:
    """Lines to be read: a headline, the lines shown below it, and the folded ones."""

    headline: str
    open: tuple[str, ...]
    folded: tuple[str, ...] = ()
    last: str = ""

    @property
    def words(self) -> int:
        """How many words the message has."""
        return len(" ".join([self.headline, *self.open, *self.folded, self.last]).split())


def message(verdict: Verdict) -> Message:
    """Compose the message of a verdict, at most 160 words."""
    made = Message(_headline(verdict), tuple(_open(verdict)), tuple(_folded(verdict)), _last(verdict))
    while made.words > WORDS and made.folded:
        made = Message(made.headline, made.open, made.folded[:-1], made.last)
    if made.words > WORDS:
        kept = [" ".join(line.split()[:20]) for line in made.open[:LINES]]
        made = Message(made.headline, tuple(kept), (), made.last)
    return made


def to_text(verdict: Verdict, made: Message | None = None) -> str:
    """Return the message in plain text; `made` is the message, where it has been composed."""
    made = made or message(verdict)
    lines = [*made.open, *made.folded, *([made.last] if made.last else [])]
    return "\n".join([made.headline, *(f"  {line}" for line in lines)])


def to_html(verdict: Verdict, made: Message | None = None) -> str:
    """Return the message in HTML: the words of the plain text, everything escaped, the details folded."""
    made = made or message(verdict)
    blocks = [f"<strong>{html.escape(made.headline)}</strong>", *_lines(made.open)]
    if made.folded:
        summary, *rest = made.folded
        # The first folded line is what the fold is called, so that both forms have the same words.
        blocks.append(f"<details><summary>{html.escape(summary)}</summary>{''.join(_lines(rest))}</details>")
    if made.last:
        blocks += _lines([made.last])
    return (
        f'<div class="check" style="border-left:4px solid {_EDGES[verdict.outcome]};padding:2px 12px;margin:6px 0">'
        f"{''.join(blocks)}</div>"
    )


def _lines(lines: Iterable[str]) -> list[str]:
    return [f'<div style="white-space:pre-wrap">{html.escape(line)}</div>' for line in lines]


def _headline(verdict: Verdict) -> str:
    needs = [finding.text for finding in verdict.findings[:1] if finding.stage == "needs"]
    said = needs[0] if needs and verdict.outcome == "not started" else verdict.outcome
    line = f"{SIGNS[verdict.outcome]} {verdict.exercise} · {said}"
    if len(verdict.parts) > 1 and verdict.outcome in ("wrong", "crashed"):
        line += f" · {sum(verdict.parts.values())} of {len(verdict.parts)} parts right"
    return f"{line} · {verdict.points:g} of {verdict.max_points:g} points" if verdict.max_points else line


def _open(verdict: Verdict) -> list[str]:
    """Return the lines under the headline: which parts are right, and the first failing stage."""
    if verdict.outcome == "right":
        return [verdict.note] if verdict.note else []
    if verdict.outcome == "not started":
        waiting = [f.error for f in verdict.findings if f.error is not None and f.error.kind == "not started"]
        return [_unwritten(waiting[0])] if waiting else ["no answer is given yet"]
    if verdict.stopped:  # how, and where: nothing else was seen
        return _finding(verdict.findings[0])
    lines = [_parts(verdict)] if len(verdict.parts) > 1 and not _absent(verdict) else []
    for finding in verdict.findings[:1]:
        lines += _finding(finding)
        lines += finding.details[:1] if finding.error is not None else ()
        lines += [verdict.times] if finding.stage == "slow" and verdict.times else []
    lines += [bug.sentence for bug in verdict.bugs if bug.how == "symptom" and not _said(bug, lines)][:2]
    if any(finding.hidden for finding in verdict.findings):
        lines += [f"known bug: {bug.sentence}" for bug in verdict.bugs if bug.how != "symptom"][:2]
    lines += [line for finding in verdict.findings[1:LINES] for line in _finding(finding)[:1]]
    return [*lines, verdict.note] if verdict.note else lines


def _said(bug: Diagnosis, lines: list[str]) -> bool:
    """Whether the first finding says the same as a symptom: in place, or another dtype."""
    return bug.name in ("changed in place", "a wider dtype", "booleans for numbers") and bool(lines)


def _folded(verdict: Verdict) -> list[str]:
    """Return the lines that are folded away: where the wrong entries are, and what the findings have to say else."""
    if verdict.outcome in ("right", "not started") or verdict.stopped:
        return []
    lines = []
    for number, finding in enumerate(verdict.findings):
        details = list(finding.details[1:] if number == 0 and finding.error is not None else finding.details)
        if number >= LINES:
            lines += _finding(finding)[:1]
        if number and details:
            lines.append(f"{finding.part or finding.case}: {details[0]}")
        lines += details if number == 0 else []
    return lines


def _last(verdict: Verdict) -> str:
    graded = any(finding.hidden for finding in verdict.findings)
    if verdict.outcome not in ("wrong", "crashed") or graded or _absent(verdict) or verdict.stopped:
        return ""
    hint = f'check.hint("{verdict.exercise}")' if verdict.hints or verdict.diagnosis else ""
    case = f'check.case("{verdict.exercise}")' if any(finding.case for finding in verdict.findings) else ""
    return f"next: {' or '.join(filter(None, [hint, case]))}" if hint or case else ""


def _absent(verdict: Verdict) -> bool:
    """Whether there was nothing to judge: the function is not there, and no hint is about that."""
    first = verdict.findings[0].error if verdict.findings else None
    return first is not None and first.kind in ABSENT and not any(verdict.parts.values())


def _parts(verdict: Verdict) -> str:
    """Return a line that says of each part whether it is right, and once how far those that are wrong got."""
    said, passed = [], {}
    for name, right in verdict.parts.items():
        stage = verdict.stages.get(name)
        passed[name] = _STAGES[1 : _STAGES.index(stage)] if stage in _STAGES and not right else ()
        said.append(f"{name} {'✓' if right else '✗'}")
    wrong = [name for name, right in verdict.parts.items() if not right]
    if len(wrong) > 1 and len({passed[name] for name in wrong}) == 1:
        alike = ", ".join(passed[wrong[0]])
        return "   ".join(said) + (f"   (of each ✗: {alike} ok)" if alike else "")
    told = [
        text + (f" ({', '.join(passed[name])} ok)" if passed[name] else "")
        for text, name in zip(said, passed, strict=True)
    ]
    return "   ".join(told)


def _finding(finding: Finding) -> list[str]:
    if finding.error is not None and finding.stage != "hidden":
        return _stopped(finding, finding.error)
    case = f' (case "{finding.case}")' if finding.case else ""
    return [f"{finding.text}{case}"]


def _stopped(finding: Finding, error: CallError) -> list[str]:
    """Quote the call, what happened, and the student's line."""
    if error.kind == "not started":
        return [_unwritten(error)]
    what = f"{error.name}: {error.message}" if error.name and error.kind == "crashed" else error.message or error.kind
    case = f' (case "{finding.case}")' if finding.case and error.kind not in ABSENT else ""
    lines = [f"{error.call} → {what}{case}" if error.call else f"{what}{case}"]
    if error.line:
        lines.append(f"your line {error.lineno}: {error.line}")
    return lines


def _unwritten(error: CallError) -> str:
    """Say what is not written yet: the function that is called, one that it calls, or one that a dict should have."""
    if error.name == "KeyError":
        return f"{error.call} → {error.message}"
    calls = f"{error.call} calls {error.message}, which" if error.message else error.call
    return f"{calls} still raises NotImplementedError"


Rows = Mapping[str, tuple[str, float, float]]  # of exercises: outcome, points, points in all


def progress_text(rows: Rows, moments: Mapping[str, str] = MappingProxyType({}), note: str = "") -> str:
    """Return a table of exercises in plain text: name, outcome, points, and when it was last right."""
    width = max([len(name) for name in rows] + [5])
    lines = [
        f"{SIGNS.get(outcome, '○')} {name:<{width}}  {outcome:<11}  {points:g} of {whole:g}{_last_right(moments, name)}"
        for name, (outcome, points, whole) in rows.items()
    ]
    earned, whole = sum(row[1] for row in rows.values()), sum(row[2] for row in rows.values())
    lines.append(f"  {'total':<{width}}  {'':<11}  {earned:g} of {whole:g}")
    return "\n".join([*lines, *([note] if note else [])])


def progress_html(rows: Rows, moments: Mapping[str, str] = MappingProxyType({}), note: str = "") -> str:
    """Return the same table in HTML."""
    cells = [
        f"<tr><td>{SIGNS.get(outcome, '○')} {html.escape(name)}</td><td>{html.escape(outcome)}</td>"
        f"<td>{points:g} of {whole:g}{html.escape(_last_right(moments, name))}</td></tr>"
        for name, (outcome, points, whole) in rows.items()
    ]
    earned, whole = sum(row[1] for row in rows.values()), sum(row[2] for row in rows.values())
    table = f"<table>{''.join(cells)}<tr><td>total</td><td></td><td>{earned:g} of {whole:g}</td></tr></table>"
    return table + (f"<div>{html.escape(note)}</div>" if note else "")


def _last_right(moments: Mapping[str, str], name: str) -> str:
    return f"  last right {moments[name]}" if moments.get(name) else ""
