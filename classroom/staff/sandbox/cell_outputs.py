"""What student code shows, made harmless: plain text, and figures as pixels that are encoded outside the sandbox."""

import base64
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

TEXT_CHARS = 64_000  # a cell
NOTEBOOK_CHARS = 4_000_000  # all cells, figures included, as base64
OUTPUTS = 220
PIXELS = 2_000_000
PICTURES = 12
# Of what a student wrote, what a page can set in time: colouring code takes the square of a line's length, finding
# mathematics in text more than the square of all of it.
LINE_CHARS = 500
CODE_CHARS, NOTE_CHARS = 20_000, 10_000  # a cell
ALL_CODE_CHARS, ALL_NOTE_CHARS = 400_000, 100_000
# Escape sequences, and control characters but for tab and newline; among them those that turn the direction of text.
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
# and those that some reader of markdown takes for a new line.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u2424\ud800-\udfff]")
_GAP = re.compile(r"\n(?:[^\S\n]*\n){3,}")


def plain_text(text: str, limit: int = TEXT_CHARS) -> str:
    """Return text without control characters and no longer than the limit."""
    cut = text[:limit]
    if len(text) > limit:
        cut += "\n[output cut here]"
    return _CONTROL.sub("", _ANSI.sub("", cut.replace("\r\n", "\n").replace("\r", "\n")))


def short_lines(text: str) -> str:
    """Return code with the ends of overlong lines, and blank lines beyond two, left out."""
    lines = [line if len(line) <= LINE_CHARS else f"{line[:LINE_CHARS]} ..." for line in text.split("\n")]
    return _GAP.sub("\n\n\n", "\n".join(lines))


@dataclass
class CellOutputs:
    """The outputs of one cell in the form of a notebook, and whether it failed."""

    outputs: list[dict[str, Any]]
    failed: str = ""

    @classmethod
    def of(cls, items: list[Any], *, pictures: bool = True) -> "CellOutputs":
        """Turn what the sandbox says a cell showed into outputs; what is malformed, or not asked for, is dropped."""
        found = cls([])
        left, encoded = TEXT_CHARS, 0
        for item in items[:OUTPUTS]:
            if not isinstance(item, dict):
                continue
            kind, name, text = item.get("kind"), item.get("name"), item.get("text")
            if not (isinstance(kind, str) and isinstance(name, str) and isinstance(text, str)):
                continue
            if kind == "picture":
                encoded += 1
                picture = encode_picture(item.get("pixels")) if pictures and encoded <= PICTURES else None
                if picture is not None:
                    found.outputs.append(picture)
            elif left > 0:
                clean = plain_text(text, left)
                left -= len(clean)
                found._add_text(kind, plain_text(name, 80), clean)
        return found

    @classmethod
    def stopped(cls, reason: str) -> "CellOutputs":
        """Return the outputs of a cell that ended its sandbox."""
        return cls([_error("Stopped", f"This cell was stopped: {reason}.")], reason)

    def _add_text(self, kind: Any, name: str, text: str) -> None:
        if kind == "stream" and name in ("stdout", "stderr"):
            self.outputs.append({"output_type": "stream", "name": name, "text": text})
        elif kind == "error":
            self.outputs.append(_error(name, text))
            self.failed = name or "error"
        elif kind in ("display", "result"):
            # A value is shown, never as a number that some reader takes for points.
            self.outputs.append({"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}})


@dataclass
class Share:
    """What all cells of a notebook may show together: pages, and results that wait in memory, grow with it."""

    left: int = NOTEBOOK_CHARS

    def cut(self, text: str, most: int) -> str:
        """Return the next text, cut to what one cell may show and to what is left."""
        kept = text[: max(0, min(most, self.left))]
        self.left -= len(kept)
        return kept if kept == text else f"{kept}\n\n[cut here: all of it is in the file that was handed in]"

    def take(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the outputs of the next cell up to the first that is too much; behind it nothing is shown."""
        kept = []
        for output in outputs if self.left > 0 else ():
            self.left -= len(json.dumps(output, ensure_ascii=False))
            if self.left <= 0:
                text = "[left out, with all that follows: this notebook shows too much]"
                kept.append({"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}})
                break
            kept.append(output)
        return kept


def _error(name: str, text: str) -> dict[str, Any]:
    lines = text.rstrip("\n").split("\n")
    return {"output_type": "error", "ename": name, "evalue": lines[-1][:400], "traceback": lines[-60:]}


def encode_picture(pixels: Any) -> dict[str, Any] | None:
    """Encode the pixels of a figure as a PNG output; None for anything that is no figure."""
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 4:
        return None
    height, width, _ = pixels.shape
    if not 0 < height * width <= PIXELS:
        return None
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    stream = io.BytesIO()
    # 64 colours and light compression: a third of the time and of the bytes of a full PNG.
    picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(stream, "png", compress_level=3)
    data = {"image/png": base64.b64encode(stream.getvalue()).decode(), "text/plain": "[figure]"}
    return {"output_type": "display_data", "data": data, "metadata": {}}
