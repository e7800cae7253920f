"""The README is short, its links lead somewhere, and the message that it shows is what the check says."""

import re
from collections import Counter
from pathlib import Path

import attack
import numpy as np
import points_class
import pytest

from classroom.call.caller import LocalCaller
from classroom.judge.message import to_text
from classroom.judge.verdict import judge
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.loader import load_assignment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def prelu_forward(x, slope):
    slope = slope.reshape(1, -1, *[1] * (x.ndim - 2))
    return np.where(x > 0, x, slope * x), (x, slope)


def test_the_readme_has_at_most_150_lines():
    assert len(README.splitlines()) <= 150


def test_the_message_is_what_the_check_says_of_the_answer_above_it():
    answer, message = re.search(
        r"```python\n(def prelu_backward.*?)```\n\n```text\n(.*?)```", README, re.DOTALL
    ).groups()
    namespace = {"np": np}
    exec(answer, namespace)
    declared = next(one for one in load_assignment("activations").exercises if one.id == "prelu_backward")
    exercise = sheet_exercise(declared, "activations")
    functions = {"prelu_forward": prelu_forward, "prelu_backward": namespace["prelu_backward"]}
    assert to_text(judge(exercise, LocalCaller(functions))).strip() == message.strip()


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_to_files_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target]
    assert [target for target in targets if not ((ROOT / page).parent / target).exists()] == []


def test_the_attacks_that_the_readme_counts_are_those_of_the_suite_and_of_the_table():
    families = Counter(one.family for one in attack.read_all({}))
    families.update(one["family"] for one in points_class.ATTACKS.values())
    table = (ROOT / "bench/attacks.md").read_text()
    (on_stock,) = re.findall(r"^\| \*\*all\*\* \| \*\*\d+\*\* \| \*\*(\d+)\*\*", table, re.MULTILINE)
    counted = f"{families.total()} attacks in {len(families)} families"
    assert f"{counted}, {on_stock} of them on stock nbgrader too |" in README
    titles = attack.FAMILIES | points_class.FAMILIES
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \|", table, re.MULTILINE)
    assert {title: int(count) for title, count in rows} == {titles[name]: n for name, n in families.items()}
