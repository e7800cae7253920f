"""What the pages of this wing share: how templates are read, how code is coloured, and how numbers are said."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from classroom.staff.grade import markdown

_HERE = Path(__file__).parent


@cache
def environment(folder: Path = _HERE) -> Any:
    """Return the reader of a folder's templates; what they show is escaped unless it is `safe`.

    A page begins with `head.html`, which is here, and sets its title and what it is allowed beyond styles.
    """
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _HERE]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["points"] = lambda number: f"{round(number, 2):g}"
    made.filters["safe_html"] = safe
    made.filters["markdown"] = lambda text: safe(markdown.to_html(text))
    return made


def safe(text: str) -> Any:
    """Mark text as HTML of our own making."""
    from markupsafe import Markup

    return Markup(text)


@lru_cache(maxsize=4096)
def coloured(source: str) -> str:
    """Colour Python; what a class has in common is coloured once."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))


@cache
def style_of_code() -> str:
    """Return the style sheet of coloured code, for a light and a dark page; paper is light."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style).get_style_defs(".code") for style in ("friendly", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n@media not print {{\n{dark}\n}} }}"
