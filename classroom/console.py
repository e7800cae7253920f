"""Text for any console: a mark that it cannot write becomes a plain one, and no command stops for it."""

import codecs
import io
import sys
import unicodedata

HANDLER = "classroom.plain"  # under this name Python's encoders know the substitutes below
PLAIN = {
    "✓": "[ok]",
    "✗": "[x]",
    "○": "[ ]",
    "·": "-",
    "•": "*",
    "→": "->",
    "±": "+-",
    "≈": "~",
    "×": "x",
    "√": "sqrt",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}


def plain(character: str) -> str:
    """Return ASCII for one character: its mark, its letter without accents, the name of a Greek one, or "?"."""
    if character in PLAIN:
        return PLAIN[character]
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if bare:
        return bare
    name = unicodedata.name(character, "")
    return name.split()[-1].lower() if name.startswith("GREEK SMALL LETTER") else "?"


def _substitute(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end


codecs.register_error(HANDLER, _substitute)


def write_plainly() -> None:
    """Make standard output and errors write what their encoding lacks in plain characters.

    A console of an old code page, a redirected output on Windows and a C locale cannot encode the marks of a message.
    The streams of a notebook are left alone: they take everything.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)
