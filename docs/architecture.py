"""Draw the rooms of the house and who imports whom: `python docs/architecture.py` writes docs/architecture.svg.

Everything is read from the imports in classroom/ and from the first sentence of each wing, so the picture is as true as
the code.  A test draws it again and compares.
"""

import ast
import sys
import textwrap
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLASSROOM = ROOT / "classroom"
PICTURE = Path(__file__).with_suffix(".svg")
TOOLKIT = "toolkit"  # the modules that stand flat in classroom/
COMMANDS = "staff"  # the modules that stand flat in classroom/staff/
BOX = (250, 88)  # width and height of a room, in pixels
GAP = (26, 62)  # between rooms of a floor, and between floors
TITLE = (
    "The rooms of classroom/ and which of them each imports. What a longer way implies is left out, and so is the "
    "toolkit, which every room may import."
)
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1c2733 }
  .name { font-weight: 600; font-size: 14px }
  rect { fill: #f4f7fa; stroke: #5b7c99; rx: 6 }
  .student rect { fill: #e6f4ef; stroke: #0f8a6c }
  path { fill: none; stroke: #8496a8; stroke-width: 1.2 }
"""


def room_of(module: str) -> str:
    """Return the room that a module of classroom lives in: a wing's dotted name, the toolkit or the commands."""
    parts = module.split(".")[1:]
    if parts[:1] == ["staff"] and len(parts) > 1:
        if (CLASSROOM / "staff" / parts[1]).is_dir():
            return f"staff.{parts[1]}"
        # Flat beside the wings lie commands, and tools such as `folders` that every wing of staff may use.
        return COMMANDS if parts[1] in {"cli", "doctor", "quality"} else TOOLKIT
    return parts[0] if parts and (CLASSROOM / parts[0]).is_dir() else TOOLKIT


def imports(path: Path) -> Iterator[str]:
    """Name the modules of classroom that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "classroom":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows() -> dict[str, set[str]]:
    """Return, for every room, the rooms that it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(CLASSROOM.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        room = room_of(module)
        found.setdefault(room, set()).update(room_of(name) for name in imports(path))
    return {room: rooms - {room, TOOLKIT} for room, rooms in found.items()}


def reduced(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Leave out each arrow that a longer way implies."""

    def reach(room: str) -> set[str]:
        return arrows[room].union(*(reach(below) for below in arrows[room]))

    return {
        room: {below for below in rooms if not any(below in reach(other) for other in rooms - {below})}
        for room, rooms in arrows.items()
    }


def floors(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Put each room above all rooms that it imports; the toolkit, which everybody may use, is the top of the page."""
    level: dict[str, int] = {}
    rooms = {room: below for room, below in arrows.items() if room != TOOLKIT}
    while len(level) < len(rooms):
        ready = [room for room, below in rooms.items() if room not in level and below <= set(level)]
        if not ready:
            raise ValueError(f"these rooms import each other in a circle: {', '.join(sorted(set(rooms) - set(level)))}")
        for room in ready:
            level[room] = 1 + max((level[below] for below in rooms[room]), default=-1)
    return [sorted(room for room in level if level[room] == height) for height in range(max(level.values()) + 1)]


def says(room: str) -> str:
    """Return the first sentence of a wing."""
    folder = CLASSROOM if room in (TOOLKIT, COMMANDS) else CLASSROOM / room.replace(".", "/")
    folder = CLASSROOM / "staff" if room == COMMANDS else folder
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def box(room: str, x: int, y: int) -> str:
    """Draw one room."""
    kind = "staff" if room.startswith("staff") else "student"
    lines = textwrap.wrap(says(room), 37)
    words = "".join(
        f'<text x="{x + 10}" y="{y + 38 + 14 * row}">{escape(line)}</text>' for row, line in enumerate(lines)
    )
    title = "classroom/" + ("" if room == TOOLKIT else room.replace(".", "/") + "/")
    return (
        f'<g class="{kind}"><rect x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}"/>'
        f'<text class="name" x="{x + 10}" y="{y + 20}">{title}</text>{words}</g>'
    )


def draw() -> str:
    """Return the picture as SVG."""
    found = arrows()
    rows = [[TOOLKIT], *reversed(floors(found))]
    widest = max(len(row) for row in rows)
    width = widest * (BOX[0] + GAP[0]) + GAP[0]
    places: dict[str, tuple[int, int]] = {}
    for height, row in enumerate(rows):
        left = (width - len(row) * (BOX[0] + GAP[0]) + GAP[0]) // 2
        for index, room in enumerate(row):
            places[room] = (left + index * (BOX[0] + GAP[0]), 16 + height * (BOX[1] + GAP[1]))
    lines = []
    for room, below in sorted(reduced(found).items()):
        (x0, y0) = places[room]
        for other in sorted(below):
            (x1, y1) = places[other]
            start, end = (x0 + BOX[0] // 2, y0 + BOX[1]), (x1 + BOX[0] // 2, y1 - 3)
            lines.append(
                f'<path marker-end="url(#tip)" d="M{start[0]} {start[1]} C{start[0]} {start[1] + 40} '
                f'{end[0]} {end[1] - 40} {end[0]} {end[1]}"/>'
            )
    tip = '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    tip += '<path d="M0 0L8 4L0 8z" style="fill:#8496a8;stroke:none"/></marker>'
    height = 16 + len(rows) * (BOX[1] + GAP[1])
    boxes = [box(room, *place) for room, place in places.items()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{TITLE}</title>",
            f"<style>{STYLE}</style><defs>{tip}</defs>",
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)} is written\n")
