"""What a student returns for a measure may be small on the wire and gigabytes in the judge: it is refused first."""

import resource

import numpy as np
import pytest

from classroom.call.caller import Run
from classroom.judge.verdict import judge

pytestmark = pytest.mark.slow

ASSIGNMENTS = ("neurons", "initializers", "pooling", "residual", "capstone")
SWELLING = {
    "texts": ["x" * 2_000_000, *[""] * 2000],  # 15 GB as an array of text
    "widened": [*[np.zeros(50_000, np.uint8)] * 1000, np.zeros(50_000, np.clongdouble)],  # 1.6 GB of 100 MB
    "kinds": [{"kind": [np.full(1000, np.longdouble("1e-4900")) / 3] * 100}] * 10,  # str() takes minutes
}


class Returns:
    """A caller for whom every output is the same value."""

    def __init__(self, value):
        self.value = value

    def run(self, calls, inputs, outputs, case=None):
        return Run(dict.fromkeys(outputs, self.value))

    @property
    def hidden(self):
        return self


@pytest.fixture
def little_memory():
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", ASSIGNMENTS)
@pytest.mark.parametrize("swelling", SWELLING)
def test_no_answer_swells_in_the_judge(name, swelling, full_sheets, little_memory):
    for exercise in full_sheets(name).exercises.values():
        if any(case.measure for case in exercise.cases):
            assert judge(exercise, Returns(SWELLING[swelling])).points == 0
