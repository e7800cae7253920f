"""A verdict as the student reads it: the same words in plain text and in HTML."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classroom.call.caller import CallError
from classroom.judge.verdict import Finding, Verdict

SIGNS = {"right": "✓", "wrong": "✗", "crashed": "✗", "not started": "○"}
WORDS = 160
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
        kept = [" ".join(line.split()[:40]) for line in made.open[:3]]
        made = Message(made.headline, tuple(kept), (), made.last)
    return made


def to_text(verdict: Verdict) -> str:
    """Return the message in plain text."""
    made = message(verdict)
    lines = [*made.open, *made.folded, *([made.last] if made.last else [])]
    return "\n".join([made.headline, *(f"  {line}" for line in lines)])


def to_html(verdict: Verdict) -> str:
    """Return the message in HTML: the words of the plain text, everything escaped, the details folded."""
    made = message(verdict)
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
    lines = [_parts(verdict)] if len(verdict.parts) > 1 else []
    if verdict.findings:
        lines += _finding(verdict.findings[0])
    if verdict.diagnosis is not None and any(finding.hidden for finding in verdict.findings):
        lines.append(f"known bug: {verdict.diagnosis.sentence}")
    return [*lines, verdict.note] if verdict.note else lines


def _folded(verdict: Verdict) -> list[str]:
    if verdict.outcome in ("right", "not started"):
        return []
    lines = list(verdict.findings[0].details) if verdict.findings else []
    for finding in verdict.findings[1:]:
        lines += _finding(finding)
        lines += [f"  {line}" for line in finding.details[:1]]
    return lines


def _last(verdict: Verdict) -> str:
    graded = any(finding.hidden for finding in verdict.findings)
    if verdict.outcome not in ("wrong", "crashed") or graded or not (verdict.hints or verdict.diagnosis):
        return ""
    return f'next: check.hint("{verdict.exercise}")'


def _parts(verdict: Verdict) -> str:
    """Return a line that says of each part whether it is right, and how far a wrong one got."""
    said = []
    for name, right in verdict.parts.items():
        stage = verdict.stages.get(name)
        passed = _STAGES[1 : _STAGES.index(stage)] if stage in _STAGES else ()
        got = f" ({', '.join(passed)} ok)" if passed else ""
        said.append(f"{name} {'✓' if right else '✗'}{got}")
    return "   ".join(said)


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
    case = f' (case "{finding.case}")' if finding.case else ""
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


def progress_text(rows: Mapping[str, tuple[str, float, float]]) -> str:
    """Return a table of exercises in plain text: name, outcome, points."""
    width = max([len(name) for name in rows] + [5])
    lines = [
        f"{SIGNS.get(outcome, '○')} {name:<{width}}  {outcome:<11}  {points:g} of {whole:g}"
        for name, (outcome, points, whole) in rows.items()
    ]
    earned, whole = sum(row[1] for row in rows.values()), sum(row[2] for row in rows.values())
    return "\n".join([*lines, f"  {'total':<{width}}  {'':<11}  {earned:g} of {whole:g}"])


def progress_html(rows: Mapping[str, tuple[str, float, float]]) -> str:
    """Return the same table in HTML."""
    cells = [
        f"<tr><td>{SIGNS.get(outcome, '○')} {html.escape(name)}</td><td>{outcome}</td>"
        f"<td>{points:g} of {whole:g}</td></tr>"
        for name, (outcome, points, whole) in rows.items()
    ]
    earned, whole = sum(row[1] for row in rows.values()), sum(row[2] for row in rows.values())
    return f"<table>{''.join(cells)}<tr><td>total</td><td></td><td>{earned:g} of {whole:g}</td></tr></table>"
