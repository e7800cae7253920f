"""Links to papers, by their number."""

import re

_PAPER = re.compile(
    r"(?<![/\[\w])arXiv:(?P<arxiv>\d{4}\.\d{4,5})|(?<![/\[\w])(?:doi|DOI):\s?(?P<doi>10\.\d{4,9}/[^\s\])]+[^\s\]).,;])"
)


def link_papers(text: str) -> str:
    """Turn arXiv numbers and DOIs in Markdown into links."""

    def link(found: re.Match[str]) -> str:
        if found["arxiv"]:
            return f"[arXiv:{found['arxiv']}](https://arxiv.org/abs/{found['arxiv']})"
        return f"[doi:{found['doi']}](https://doi.org/{found['doi']})"

    return _PAPER.sub(link, text)
