"""Pages go back under the names that uploads know."""

import zipfile

import pytest
from archives import make_zip
from small_course import answered

from classroom.fault import Fault
from classroom.staff.cli import feedback
from classroom.staff.collect.collection import collect
from classroom.staff.export.feedback_zip import zip_feedback

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("system", "names", "pages"),
    [
        (
            "canvas",
            ["doejane_LATE_1_20_small-1.ipynb", "liwei_3_21_my_work.ipynb"],
            ["doejane_LATE_1_20_small-1.html", "liwei_3_21_my_work.html"],
        ),
        (
            "moodle",
            ["Jane Doe_9001_assignsubmission_file_/small.ipynb", "伟 Li_9003_assignsubmission_file_x.ipynb"],
            ["Jane Doe_9001_assignsubmission_file_/small.html", "伟 Li_9003_assignsubmission_file_/small.html"],
        ),
    ],
)
def test_pages_go_back_under_the_names_that_uploads_know(course, tmp_path, system, names, pages):
    collect(course, "small", make_zip(tmp_path / "in.zip", {name: answered() for name in names}))
    for student in ("jdoe", "liwei", "evil"):
        place = course.folder("feedback") / student / "small"
        place.mkdir(parents=True)
        (place / "small.html").write_text(f"<p>{student}")
    zipped = zip_feedback(course, "small", system)
    with zipfile.ZipFile(zipped.path) as archive:
        assert sorted(archive.namelist()) == sorted(pages)
        assert archive.read(pages[0]) == b"<p>jdoe"
    assert zipped.left_out == {"evil": f"no notebook was handed in through {system}"}
    # The same work, handed in anew, has another number in Canvas, and the page goes to that one.
    again = [name.replace("_1_20_", "_1_30_") for name in names]
    collect(course, "small", make_zip(tmp_path / "again.zip", {name: answered() for name in again}))
    assert zip_feedback(course, "small", system).names["jdoe"] == pages[0].replace("_1_20_", "_1_30_")


def test_there_is_no_zip_of_nothing(course):
    with pytest.raises(Fault, match="no page of small can go back to moodle"):
        zip_feedback(course, "small", "moodle")
    with pytest.raises(Fault, match="there are canvas and moodle"):
        feedback("small", to="brightspace", root=course.root)
    assert not course.folder("feedback").exists()
