"""Settings for nbgrader's own commands, run from this folder: `nbgrader generate_assignment activations`, say."""

import contextlib
import sys
from pathlib import Path

from classroom.staff.grade.manual_grades import watch
from classroom.staff.nbgrader_import import put_environment_first

watch(Path(__file__).parent)  # what is typed into formgrader enters class/log.jsonl as it is saved
put_environment_first()  # what nbgrader starts by its name lies beside this Python, activated or not
with contextlib.suppress(OSError):  # a course that is only read needs no such folder
    (Path(__file__).parent / "class").mkdir(exist_ok=True)  # for the gradebook, which any command may make

c = get_config()  # noqa: F821  nbgrader defines it when it reads this file

c.CourseDirectory.course_id = "layerwise"
c.CourseDirectory.source_directory = "assignments"
# What nbgrader makes stays together under class/, which git ignores.
c.CourseDirectory.release_directory = "class/release"
c.CourseDirectory.submitted_directory = "class/submitted"
c.CourseDirectory.autograded_directory = "class/autograded"
c.CourseDirectory.feedback_directory = "class/feedback"
c.CourseDirectory.db_url = "sqlite:///class/gradebook.db"
c.ZipCollectApp.downloaded_directory = "class/downloaded"
c.ExportPlugin.to = "class/grades.csv"
c.ExportApp.plugin_class = "classroom.staff.export.nbgrader_export.SafeExport"
# `nbgrader zip_collect` knows each learning system by the names of its files.  One can be named with --collector=:
# classroom.staff.collect.nbgrader_collector.Canvas, or Moodle, Brightspace, Blackboard, Gradescope in its place.
c.ZipCollectApp.collector_plugin = "classroom.staff.collect.nbgrader_collector.AnySystem"
# Everything beside a notebook is copied unless it is named here.  Text pairs and the folder `exercises` hold the
# answers, so of all modules only those whose name begins with "given_" go out: a pattern for each place where a name
# may depart from that.
given = "given_"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "exercises"]
c.CourseDirectory.ignore += [given[:place] + "[!" + letter + "]*.py" for place, letter in enumerate(given)]
c.CourseDirectory.ignore += [given[:place] + ".py" for place in range(1, len(given))]
# No file of a submission is larger than this, in kilobytes.
c.CourseDirectory.max_file_size = 20_000

# As nbgrader's own list, with stubs of ours in the place of ClearSolutions: a bug to be hunted keeps its code.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "classroom.staff.author.stub.Stub",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# `nbgrader autograde` and formgrader's button: examine in the sandbox, then record, as `classroom grade` does.
c.Autograde.sanitize_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Examine"]
c.Autograde.autograde_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Record"]

# What late work costs is said with `classroom dates`; this is for a pipeline that keeps AssignLatePenalties.
c.AssignLatePenalties.plugin_class = "classroom.staff.grade.late_plugin.CoursePenalty"

# Formgrader shows the points that count, in its lists and above each submission, where stands what lateness takes off.
if "nbgrader.server_extensions.formgrader" in sys.modules:
    from classroom.staff.report.formgrader_lists import count_lateness

    count_lateness()
c.HTMLExporter.preprocessors = ["classroom.staff.report.formgrader_total.TotalOnTop"]
# The same pages as `classroom feedback` writes.
c.GenerateFeedback.exporter_class = "classroom.staff.report.feedback_exporter.FeedbackExporter"
# Where your class reads the lectures (`make site` makes their pages): feedback then links to the sections.
c.Lectures.address = ""
