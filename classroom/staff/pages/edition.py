"""The two editions of the lectures: one to read, free of answers, and one that runs because the solutions are in it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from classroom import ledger
from classroom.predict import ask

_OPEN = "make your prediction first, then open the answer"


@dataclass(frozen=True)
class Edition:
    """What a copy of the lectures is, and what it says of itself.

    Attributes
    ----------
    bundle : the name of the zip, and of the folder in it
    runs : whether the solutions are in it
    """

    bundle: str
    runs: bool

    def note_on_page(self, lecture: str) -> str:
        """Return the Markdown below the title of a lecture's page."""
        if self.runs:
            return (
                f"**This page belongs to an edition that runs.** The notebook {lecture}.ipynb beside it runs from top "
                "to bottom: the solutions are in the bundle, and README.txt says what to install."
            )
        return (
            "**This page is for reading.** Predictions can be answered and sliders moved here; nothing has to be "
            "installed. The code is shown, not run: it needs the solutions, which are not in this bundle."
        )

    def note_in_notebook(self, lecture: str) -> str:
        """Return the Markdown below the title of a lecture's notebook."""
        if self.runs:
            return (
                "**This copy runs.** The solutions, which answer the assignments, are in the folder beside it; "
                "README.txt says what to install."
            )
        return (
            "**This copy is for reading.** Its cells need the solutions, which are not part of it, and do not run. "
            f"Predictions are answered and sliders moved on its page, {lecture}.html."
        )

    def notebook(self, notebook: Mapping[str, Any], lecture: str, words: ledger.Ledger) -> dict[str, Any]:
        """Return a built lecture as a notebook of this edition.

        Parameters
        ----------
        notebook : as nbformat has it
        lecture : ``"07_optimizer"``
        words : its ledger
        """
        made = copy.deepcopy(dict(notebook))
        made["cells"][0]["source"] = below_title(made["cells"][0]["source"], self.note_in_notebook(lecture))
        if not self.runs:
            for cell in made["cells"]:
                for output in cell.get("outputs", []):
                    _ask_without_a_kernel(output, words)
        return made


READING = Edition("lectures", runs=False)
RUNNING = Edition("lectures-with-solutions", runs=True)


def below_title(source: str | list[str], paragraph: str) -> str:
    """Put a paragraph below the first line of a cell."""
    title, _, rest = "".join(source).partition("\n")
    return f"{title}\n\n{paragraph}\n{rest}"


def _ask_without_a_kernel(output: dict[str, Any], words: ledger.Ledger) -> None:
    """Let a prediction say nothing of a cell to be run."""
    record = output.get("metadata", {}).get("classroom", {})
    if "prediction" in record:
        asked = replace(ask(words.prediction(record["prediction"]["id"])), outcome=_OPEN)
        output["data"] |= {"text/plain": asked.to_text(), "text/html": asked.to_html()}
