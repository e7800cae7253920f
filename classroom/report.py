"""A verdict as the student reads it: the same words in plain text and in HTML."""

import html

from classroom.judge import Verdict

SIGNS = {"right": "✓", "wrong": "✗", "crashed": "✗", "not started": "○"}
WORDS = 160


def to_text(verdict: Verdict) -> str:
    """Return the message in plain text."""
    lines = [
        f"{SIGNS[verdict.outcome]} {verdict.exercise}   {verdict.outcome} · {verdict.points:g} of {verdict.max_points:g} points"
    ]
    lines += [f"  {finding.text}" for finding in verdict.findings[:4]]
    return "\n".join(lines)


def to_html(verdict: Verdict) -> str:
    """Return the message in HTML."""
    return f"<pre>{html.escape(to_text(verdict))}</pre>"
