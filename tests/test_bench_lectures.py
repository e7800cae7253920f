"""No lecture takes longer than it may, and no figure that says so is older than the lecture's code."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(ROOT / "bench"))  # `measured` lies beside the benches that use it
    spec = importlib.util.spec_from_file_location("bench_lectures", ROOT / "bench" / "lectures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(ROOT / "bench"))
    return module


def test_every_lecture_was_measured_on_the_code_that_it_has(bench):
    rows = bench.read(bench.PAGE.read_text())
    assert list(rows) == [path.stem for path in bench.lectures()]
    old = [path.stem for path in bench.lectures() if rows[path.stem].digest != bench.digest(path)]
    assert old == [], f"run  python bench/lectures.py {' '.join(str(int(name[:2])) for name in old)}"


def test_no_recorded_lecture_takes_three_quarters_of_a_minute_and_all_take_five(bench):
    rows = bench.read(bench.PAGE.read_text())
    assert {name: row.seconds for name, row in rows.items() if row.seconds > bench.LONGEST == 45} == {}
    assert sum(row.seconds for row in rows.values()) < bench.ALL == 300


def test_prose_makes_no_figure_old_and_code_does(bench, tmp_path):
    lecture = tmp_path / "01_small.py"
    digests = []
    for text in ("# %% [markdown]\n# # 1\n\n# %%\nx = 1\n", "# %% [markdown]\n# # One\n\n# %%\nx = 1\n", "x = 2\n"):
        lecture.write_text(text)
        digests.append(bench.digest(lecture))
    assert digests[0] == digests[1] != digests[2]


def test_one_lecture_is_measured_again_and_the_other_row_stays(bench, tmp_path):
    (tmp_path / "course").mkdir()
    for name in ("01_small", "02_other"):
        (tmp_path / "course" / f"{name}.py").write_text("sum(range(10_000_000))\n")
    target = tmp_path / "lectures.md"
    gone = bench.Row(1.0, "0" * 12, "2026-01-01")
    target.write_text(bench.page({"01_small": gone, "02_other": gone, "03_gone": gone}))
    bench.main(["1"], tmp_path, target)
    rows = bench.read(target.read_text())
    assert rows["02_other"] == gone and list(rows) == ["01_small", "02_other"]
    assert rows["01_small"].digest == bench.digest(tmp_path / "course" / "01_small.py")
    assert rows["01_small"].seconds > 0


def test_a_lecture_that_stops_is_not_written_down(bench, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "01_small.py").write_text("1 / 0\n")
    with pytest.raises(bench.subprocess.CalledProcessError):
        bench.main([], tmp_path, tmp_path / "lectures.md")
    assert not (tmp_path / "lectures.md").exists()
