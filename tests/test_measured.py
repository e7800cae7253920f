"""No figure that the README quotes is older than the code that it speaks of."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bench"))
import measured  # noqa: E402  it lies beside the benches that use it

sys.path.remove(str(ROOT / "bench"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
each_bench = pytest.mark.parametrize("bench", measured.BENCHES, ids=lambda bench: bench.name)


def stamp(bench):
    """Return the day and the digest of the measurements on a bench's page."""
    table = measured.between((ROOT / bench.page).read_text(encoding="utf-8"), bench.name)
    found = re.findall(r"^Measured on (\d{4}-\d\d-\d\d), on code `(\w{12})`\.$", table, re.MULTILINE)
    assert len(found) == 1, f"{bench.page} does not say when and on what code it was measured: run  {bench.command}"
    return found[0]


@each_bench
def test_the_figures_are_those_of_this_code(bench):
    day, digest = stamp(bench)
    assert digest == bench.digest, f"{bench.page} was measured on other code, on {day}: run  {bench.command}"


@each_bench
def test_the_readme_quotes_them_with_their_day(bench):
    quoted = measured.between(README, bench.name)
    day, _ = stamp(bench)
    assert quoted.endswith(f"({day})"), f"run  {bench.command}"
    table = measured.between((ROOT / bench.page).read_text(encoding="utf-8"), bench.name)
    figures = re.findall(r"\d+(?:\.\d+)?", quoted.removesuffix(f"({day})"))
    assert figures and [figure for figure in figures if figure not in re.findall(r"\d+(?:\.\d+)?", table)] == []


@each_bench
def test_what_is_measured_is_there(bench):
    files = list(bench.files())
    assert files and all(path.is_file() for path in files)
    assert all(any(path.is_relative_to(ROOT / part) for path in files) for part in bench.code)


def test_a_comment_makes_no_figure_old_and_a_statement_does():
    source = 'def f(x):\n    """Double."""\n    return 2 * x\n'
    assert measured.bare(source) == measured.bare("def f(x):\n    # twice\n    return (2 * x)\n")
    assert measured.bare(source) != measured.bare("def f(x):\n    return 3 * x\n")


def test_a_page_keeps_what_is_outside_the_marks(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "HOUSE", tmp_path)
    bench = measured.Bench("speed", "make bench", "page.md", ("code.py",))
    (tmp_path / "code.py").write_text("x = 1\n")
    for page in ("page.md", "README.md"):
        (tmp_path / page).write_text("before <!-- speed -->old<!-- end of speed --> after")
    bench.write(["| 7 |"], "seven times")
    page = (tmp_path / "page.md").read_text()
    assert page.startswith("before ") and page.endswith(" after") and "| 7 |" in page and bench.digest in page
    assert re.fullmatch(
        r"before <!-- speed -->seven times \(\d{4}-\d\d-\d\d\)<!-- end of speed --> after",
        (tmp_path / "README.md").read_text(),
    )
