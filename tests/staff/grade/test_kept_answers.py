"""What the judge keeps of a submission is bounded, whatever it answers, and is far more than right answers need."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classroom.call.value import held_bytes
from classroom.staff.declare.declaration import Exercise
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.sheet_case import sheet_case
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.sandbox import Limits

MEGABYTE = 1 << 20
ANSWER_BYTES = 8 * MEGABYTE
# Two exercises of four calls each; every answer is as large as may cross.
SCRIPT = f"""
import json, resource, sys
import numpy as np
import small_course
from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox.sandbox import Limits

class Peak:
    def __init__(self):
        self.before = self.now()

    def now(self):
        return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

limits = Limits(memory_bytes=1 << 30, answer_bytes={ANSWER_BYTES})
worker = Worker(small_course.exam_of(sys.argv[1]), Settings(limits=limits))
zygote = worker._borrow()
honest = examine(small_course.answered(), worker.exam, worker.settings, zygote)
peak = Peak()
large = "return np.zeros({ANSWER_BYTES // 4}, np.int8)"
answers = {{
    "answer-double": f"def double(x):\\n    {{large}}\\n",
    "answer-relu": f"def relu_forward(x):\\n    {{large}}, 1\\n\\ndef relu_backward(grad_y, cache):\\n    {{large}}\\n",
}}
greedy = examine(small_course.answered(small_course.RIGHT | answers), worker.exam, worker.settings, zygote)
told = json.dumps([verdict["findings"] for verdict in greedy["verdicts"].values()])
grown = peak.now() - peak.before
zygote.close()
worker.close()
print(json.dumps({{"honest": honest["scores"], "greedy": greedy["scores"], "grown": grown, "told": told}}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
def test_the_memory_of_the_judge_grows_by_what_it_may_keep_and_no_more(template):
    environment = {"PYTHONPATH": ":".join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, "-c", SCRIPT, str(template)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    said = json.loads(ended.stdout)
    assert said["honest"]["double"] == 2 and said["greedy"]["double"] == said["greedy"]["relu_backward"] == 0
    # Each of two exercises keeps as much as it may; a message on its way in is there up to three times.
    assert said["grown"] < 5 * ANSWER_BYTES
    assert "2097152" in said["told"]  # the answers have crossed


def test_right_answers_need_a_hundredth_of_it():
    """Those of the convolutions are the largest of all assignments (0.3 MB)."""
    exercises = [one for one in load_assignment("convolution").exercises if isinstance(one, Exercise)]
    rng = np.random.default_rng(0)
    for one in exercises:
        cases = [sheet_case(one, case) for case in one.cases]
        cases += [sheet_case(one, case, drawn=True, hidden=True) for case in (one.hidden(rng) if one.hidden else ())]
        held = sum(held_bytes(value) for case in cases for value in case.expected.values())
        assert 100 * held < Limits().answer_bytes
