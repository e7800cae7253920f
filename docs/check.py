"""Draw what a check looks like in JupyterLab: `python docs/check.py` writes docs/check.png and, as wide as a phone,
docs/check-narrow.png (Chromium draws both).

The message is that of today's check to a wrong backward pass of PReLU; a test asks that its words are still these.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.fault import Fault
from classroom.judge.message import to_html
from classroom.judge.verdict import Verdict, judge
from classroom.staff.declare.exercise import load_assignment, sheet_exercise

EXERCISE = "prelu_backward"


class Look(NamedTuple):
    """How a picture is drawn: its size in pixels, of which `scale` are one on the page, and the page's letters."""

    size: tuple[int, int]
    scale: int
    letters: int
    prompt: int


PICTURES = {
    Path(__file__).with_name("check.png"): Look((1356, 330), 1, 21, 108),
    Path(__file__).with_name("check-narrow.png"): Look((700, 560), 2, 13, 0),
}
PAGE = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 8px; background: white; color: #202020; font: {look.letters}px/1.6 "DejaVu Sans", sans-serif }}
  .row {{ display: grid; grid-template-columns: {look.prompt}px 1fr; margin-bottom: 8px }}
  .prompt {{ color: #9a9a9a; font-family: "DejaVu Sans Mono", monospace; padding-right: 12px; text-align: right }}
  .prompt {{ display: {shown} }}
  .row > :last-child {{ grid-column: 2; min-width: 0; overflow-wrap: anywhere }}
  pre {{ margin: 0; font-family: "DejaVu Sans Mono", monospace }}
  pre.code {{ background: #f5f5f5; border: 1px solid #d8d8d8; padding: 2px 10px }}
  .text {{ color: #ba2121 }}
</style>
<div class="row"><div class="prompt">[47]:</div>
  <pre class="code">check(<span class="text">"{name}"</span>, {name})</pre></div>
<div class="row"><div>{message}</div></div>
<div class="row"><div class="prompt">[47]:</div><pre>{points:g}</pre></div>
"""


def prelu_forward(x: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, tuple]:
    """As it should be."""
    wide = slope.reshape(-1, *[1] * (x.ndim - 2))
    return np.where(x > 0, x, wide * x), (x, wide)


def prelu_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """As a student writes it who averages over the batch: grad_slope is N times too small."""
    x, wide = cache
    others = (0, *range(2, x.ndim))
    return np.where(x > 0, grad_y, wide * grad_y), (grad_y * np.minimum(x, 0)).sum(axis=others) / len(x)


def verdict() -> Verdict:
    """Return what the check says to it at home."""
    assignment = load_assignment("activations")
    sheet = sheet_exercise(assignment.exercise(EXERCISE), assignment.name)
    return judge(sheet, LocalCaller({"prelu_forward": prelu_forward, "prelu_backward": prelu_backward}))


def page(found: Verdict, look: Look) -> str:
    """Return the page that is photographed."""
    words = {"name": escape(EXERCISE), "message": to_html(found), "points": found.points}
    return PAGE.format(look=look, shown="block" if look.prompt else "none", **words)


def draw(path: Path, look: Look) -> None:
    """Write a picture.

    Raises
    ------
    Fault
        If there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise Fault("no Chromium here to draw the picture: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "check.html"
        file.write_text(page(verdict(), look), encoding="utf-8")
        across, down = (side // look.scale for side in look.size)
        options = ["--headless", "--hide-scrollbars", f"--window-size={across},{down}", f"--screenshot={path}"]
        options += [f"--force-device-scale-factor={look.scale}"]
        options += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        subprocess.run([chromium, *options, file.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    for picture, look in PICTURES.items():
        draw(picture, look)
        sys.stdout.write(f"{picture}\n")
