"""What a student may be called: any text that a folder can hold, and how it is shown."""

import unicodedata

_LONGEST = 200  # bytes; names of files are made of it, and these have at most 255
# Markup reaches web pages, and nbgrader looks for folders by patterns.
_REFUSED = (
    {"<": "markup", ">": "markup", '"': "markup"} | dict.fromkeys("*?[]", "a pattern for files") | {"/": "a path"}
)


def objection(name: str) -> str:
    """Say why a text cannot be a student's id; the empty text when it can.

    Examples
    --------
    >>> [objection(name) for name in ("李伟", "o'neil", "a+b@c", "UNI\\\\x", "Jane Doe")]
    ['', '', '', '', '']
    >>> objection("a*b")
    "has '*', which makes it a pattern for files"
    """
    if not name.strip():
        return "is empty"
    if name != name.strip():
        return "begins or ends with a space"
    if name[0] in ".-":
        return f"begins with {name[0]!r}, as hidden files and options do"
    if name == "__MACOSX":
        return "is what macOS adds to an archive, and no student"
    if not name.isprintable():
        return "has a character that cannot be printed"
    for letter in name:
        if letter in _REFUSED:
            return f"has {letter!r}, which makes it {_REFUSED[letter]}"
    if len(name.encode()) > _LONGEST:
        return f"has {len(name.encode())} bytes, at most {_LONGEST} fit into the name of a file"
    return ""


def shown(name: str) -> str:
    """Write a name so that it can be printed; two different names never look the same.

    Examples
    --------
    >>> shown("李伟"), shown("a\\nb"), shown("\\udcff")
    ('李伟', 'a‹U+000A›b', '‹U+DCFF›')
    """
    if name.isprintable():
        return name
    return "".join(letter if letter.isprintable() else f"‹U+{ord(letter):04X}›" for letter in name)


def composed(name: str) -> str:
    """Write accents as most systems do: a Mac's archives spell them with two characters each."""
    return unicodedata.normalize("NFC", name)
