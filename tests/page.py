"""Reads a page as a browser would: its words, and what on it would act."""

import html
import re
from html.parser import HTMLParser


def words_of(text: str) -> list[str]:
    """Return the words that a reader of a piece of a page sees."""
    return html.unescape(re.sub(r"<[^>]*>", " ", text)).split()


class Page(HTMLParser):
    """Collects what would act when a page is opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        for name, value in attributes:
            runs = name.startswith("on") or re.match(r"\s*(javascript|vbscript|data:text)", value or "", re.IGNORECASE)
            if (runs and "ATTACK" in (value or "")) or name == "srcdoc":
                self.live.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in ("script", "style", "title", "iframe") and "ATTACK" in data:
            self.live.append(f"<{self.inside}>{data[:80]}")
