"""Text that is not to be read in passing: obscured, which is courtesy towards a reader and keeps no secret."""

import base64
import binascii
import json

PREFIX = "sealed:"  # how obscured text is recognised; released files have it


def obscure(text: str) -> str:
    """Write text so that it cannot be read in passing; whoever wants to read it can."""
    return PREFIX + base64.b64encode(json.dumps(text, ensure_ascii=False).encode()).decode("ascii")


def reveal(text: str) -> str:
    """Read what `obscure` wrote; any other text is returned as it is.

    Raises
    ------
    ValueError
        If the text begins like an obscured one and is damaged.
    """
    if not text.startswith(PREFIX):
        return text
    try:
        return str(json.loads(base64.b64decode(text.removeprefix(PREFIX), validate=True)))
    except (binascii.Error, ValueError):
        raise ValueError("this text was obscured and is damaged: get the file again") from None
