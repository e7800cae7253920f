"""All claims on one page: each has an anchor, and links to its lecture, its sources and its exercises."""

import html
from collections.abc import Sequence

from links import Crossings, claim_link, exercise_link, link_sources

from classroom.claim import Claim
from classroom.staff.author.claims_page import Placed

KINDS = {"does not hold": "Do not hold", "holds only if": "Hold on a condition", "holds": "Hold"}
_HEAD = "<thead><tr><th>verdict</th><th>claim</th><th>measured</th><th>expected</th></tr></thead>"
_INTRODUCTION = """\
# All claims

Every number below was measured by running the lectures, and a lecture is built only if each of its claims stays within
its tolerance. The verdict is about the sentence, as a slide or a paper states it. Of {} claims {} do not hold, {} hold
on a condition and {} hold. [The sources](sources.md) say where ids such as S1-17 and C22 come from.
"""


def claims_page(placed: Sequence[Placed], crossings: Crossings) -> str:
    """Write the page: those that do not hold first, then those with a condition, then the others."""
    counts = [sum(claim.kind == kind for _, claim in placed) for kind in KINDS]
    parts = [_INTRODUCTION.format(len(placed), *counts)]
    for kind, heading in KINDS.items():
        rows = [_row(lecture, claim, crossings) for lecture, claim in placed if claim.kind == kind]
        if rows:
            parts.append(f'## {heading}\n\n<table class="claims">{_HEAD}<tbody>{"".join(rows)}</tbody></table>\n')
    return "\n".join(parts)


def _row(lecture: str, claim: Claim, crossings: Crossings) -> str:
    text = {name: html.escape(getattr(claim, name)) for name in ("statement", "source", "expected", "measured")}
    exercises = ", ".join(map(exercise_link, crossings.exercises.get(claim.id, ())))
    practised = f'<br><span class="more">practised in {exercises}</span>' if exercises else ""
    return (
        f'<tr id="row-{claim.id}"><td class="verdict">{html.escape(claim.verdict)}</td>'
        f"<td>{claim_link(claim.id, lecture)} {text['statement']} "
        f"<em>[{link_sources(text['source'])}]</em>{practised}</td>"
        f'<td data-label="measured">{text["measured"]}</td><td data-label="expected">{text["expected"]}</td></tr>\n'
    )
