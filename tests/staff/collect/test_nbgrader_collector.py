"""nbgrader's own zip_collect knows each system."""

import pytest
from archives import make_zip
from graded_class import ROSTER
from small_course import answered

from classroom.staff.collect.enrolment import enrol
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.nbgrader_import import import_nbgrader

pytestmark = pytest.mark.slow


@pytest.fixture
def course(course):
    """The course with the roster of a class."""
    (course.root / "roster.csv").write_text(ROSTER)
    enrol(course, course.root / "roster.csv", {}, "", "")
    return course


# By system the files of one student, each with the letter of its answer: the last attempt is that with b.
ATTEMPTS = {
    "Canvas": {"doejane_1_20_small-1.ipynb": "b", "doejane_1_10_small.ipynb": "a"},
    "Moodle": {"Jane Doe_9001_assignsubmission_file/my work.ipynb": "b"},
    "Brightspace": {
        "u1-8 - Jane Doe - Oct 2, 2025 905 AM/small.ipynb": "a",
        "u1-9 - Jane Doe - Oct 3, 2025 1105 PM/small.ipynb": "b",
    },
    "Blackboard": {
        "small_jdoe_attempt_2025-10-03-23-05-00_small.ipynb": "b",
        "small_jdoe_attempt_2025-10-02-09-05-10_s.ipynb": "a",
    },
    "Gradescope": {"submission_71/small.ipynb": "a", "submission_73/small.ipynb": "b"},
}
TIMED = ("Brightspace", "Blackboard", "Gradescope")
LISTED = (
    "submission_73:\n  :submitters:\n  - :name: Jane Doe\n    :sid: jdoe\n    :email: jane@uni.edu\n"
    "  :created_at: 2025-10-03 21:05:00.0 Z\n  :history:\n  - :id: 71\n    :created_at: 2025-10-02 07:05:33.4 Z\n"
)


@pytest.mark.parametrize("system", ATTEMPTS)
@pytest.mark.parametrize("recognised", [False, True], ids=["named", "AnySystem"])
def test_nbgraders_own_zip_collect_knows_each_system(course, system, recognised):
    """The collector's part of nbgrader's command, with nbgrader's own code around it."""
    collector = "AnySystem" if recognised else system
    import_nbgrader()
    from nbgrader.apps.zipcollectapp import ZipCollectApp
    from traitlets.config import Config

    (course.root / "more.csv").write_text("Username,OrgDefinedId,SIS Login ID\n#jdoe,#u1,jdoe\n")
    enrol(course, course.root / "more.csv", {"login": "SIS Login ID"}, "", "")
    set_dates(course, None, zone="Europe/Berlin")
    contents = {
        name: answered({"answer-quiz_1": f"answer_1 = {letter!r}"}) for name, letter in ATTEMPTS[system].items()
    }
    if system == "Gradescope":
        contents["submission_metadata.yml"] = LISTED.encode()
    make_zip(course.class_folder / "downloaded/small/archive/submissions.zip", contents)
    config = Config()
    config.CourseDirectory = course.config.CourseDirectory.copy()
    config.CourseDirectory.root, config.CourseDirectory.assignment_id = str(course.root), "small"
    config.ZipCollectApp.downloaded_directory = "class/downloaded"
    config.ZipCollectApp.collector_plugin = f"classroom.staff.collect.nbgrader_collector.{collector}"
    app = ZipCollectApp(config=config, parent=None)
    app.coursedir = __import__("nbgrader.coursedir", fromlist=["CourseDirectory"]).CourseDirectory(config=config)
    app.init_plugins()
    app.extract_archive_files()
    app.process_extracted_files()
    place = course.folder("submitted") / "jdoe/small"
    assert (place / "small.ipynb").read_bytes() == answered({"answer-quiz_1": "answer_1 = 'b'"})
    stamp = (place / "timestamp.txt").read_text() if (place / "timestamp.txt").exists() else ""
    assert stamp == ("2025-10-03 21:05:00" if system in TIMED else "")


def test_the_configuration_that_ships_names_collector_exporter_late_rule_and_total():
    from pathlib import Path

    from traitlets.utils.importstring import import_item

    config = Folders.of(Path(__file__).parents[3]).config
    for name in (
        config.ZipCollectApp.collector_plugin,
        config.ExportApp.plugin_class,
        config.AssignLatePenalties.plugin_class,
        *config.HTMLExporter.preprocessors,
    ):
        assert import_item(name).__module__.startswith("classroom.staff.")
