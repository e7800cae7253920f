"""Papers are linked by their number."""

import pytest

from classroom.staff.pages.paper_link import link_papers


@pytest.mark.parametrize(
    "text, linked",
    [
        ("2012. arXiv:1207.0580", "2012. [arXiv:1207.0580](https://arxiv.org/abs/1207.0580)"),
        (
            "see doi:10.23915/distill.00021.",
            "see [doi:10.23915/distill.00021](https://doi.org/10.23915/distill.00021).",
        ),
        ("[arXiv:1207.0580](https://arxiv.org/abs/1207.0580)", "[arXiv:1207.0580](https://arxiv.org/abs/1207.0580)"),
        ("no paper", "no paper"),
    ],
)
def test_papers_are_linked_once(text, linked):
    assert link_papers(text) == linked
