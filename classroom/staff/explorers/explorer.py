"""An explorer: sliders, and a drawing for each of their settings, made beforehand from the course's own functions."""

import html
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Drawing = tuple[str, str]  # SVG, and what it shows in a sentence


@dataclass(frozen=True)
class Explorer:
    """What a reader moves, and where it stands.

    Attributes
    ----------
    name : a word, the id of the explorer on its page
    lecture, after : the lecture, and a word of the code behind whose cell it stands, such as ``"hand-set"``
    title : what to try, one sentence
    controls : for each slider its values
    start : the settings that are shown first
    draw : makes SVG and a sentence from one setting of each slider
    """

    name: str
    lecture: str
    after: str
    title: str
    controls: Mapping[str, Sequence[Any]]
    start: Mapping[str, Any]
    draw: Callable[..., Drawing]

    def frames(self) -> list[Drawing]:
        """Draw all settings, the last slider fastest."""
        return [self.draw(**dict(zip(self.controls, values, strict=True))) for values in self._settings()]

    def to_html(self) -> str:
        """Return the explorer; without a script it is its first drawing."""
        frames = self.frames()
        first = list(self._settings()).index(tuple(self.start[name] for name in self.controls))
        svg, words = frames[first]
        sliders = "".join(self._slider(name, values) for name, values in self.controls.items())
        stored = json.dumps(frames, ensure_ascii=False).replace("<", "\\u003c")
        return (
            f'<figure class="explorer" id="explore-{self.name}"><figcaption>{html.escape(self.title)}</figcaption>'
            f'<div class="sliders" hidden>{sliders}</div><div class="frame">{svg}</div>'
            f'<p class="words" aria-live="polite">{html.escape(words)}</p>'
            f'<script type="application/json">{stored}</script></figure>'
        )

    def _settings(self) -> Iterator[tuple[Any, ...]]:
        return itertools.product(*self.controls.values())

    def _slider(self, name: str, values: Sequence[Any]) -> str:
        told, now = html.escape(json.dumps([str(value) for value in values])), html.escape(str(self.start[name]))
        place = list(values).index(self.start[name])
        return (
            f"<label>{html.escape(name.replace('_', ' ').strip())} "
            f'<input type="range" min="0" max="{len(values) - 1}" value="{place}" data-values="{told}" '
            f'aria-valuetext="{now}"> <output>{now}</output></label>'
        )
