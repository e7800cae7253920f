"""Links on the pages: sources by their id, exercises and claims by their name."""

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

_SOURCE = re.compile(r"\b(?P<id>S[0-4]-\d{1,2}|C\d{1,2})\b")


def link_sources(text: str, up: str = "") -> str:
    """Turn the ids of the sources in escaped HTML into links to their rows."""
    return _SOURCE.sub(lambda found: f'<a href="{up}sources.html#{found["id"]}">{found["id"]}</a>', text)


def claim_link(id: str, lecture: str, up: str = "") -> str:
    """Link a claim to its place in its lecture."""
    return f'<a href="{up}lectures/{lecture}.html#{id}">{html.escape(id)}</a>'


def exercise_link(exercise: str, up: str = "") -> str:
    """Link an exercise, ``"activations/relu_forward"``, to its place in its assignment."""
    assignment, _, name = exercise.partition("/")
    return f'<a href="{up}assignments/{assignment}.html#exercise-{name}">{html.escape(name)}</a>'


class Crossings:
    """Which claims and which exercises speak of the same item of the sources.

    Parameters
    ----------
    coverage : mapping
        The table of `coverage.toml`.
    """

    def __init__(self, coverage: Mapping[str, Any]):
        self.rows: dict[str, Any] = {
            **{id: row for id, row in coverage.items() if id != "contradictions"},
            **coverage.get("contradictions", {}),
        }
        self.exercises: dict[str, list[str]] = defaultdict(list)
        self.claims: dict[str, list[str]] = defaultdict(list)
        for row in self.rows.values():
            for claim in row.get("claim", ()):
                _add(self.exercises[claim], row.get("exercise", ()))
            for exercise in row.get("exercise", ()):
                _add(self.claims[exercise], row.get("claim", ()))


def _add(found: list[str], more: Sequence[str]) -> None:
    found.extend(name for name in more if name not in found)
