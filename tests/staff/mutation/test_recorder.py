"""A recorder runs each case once, and so whatever has no case."""

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.staff.mutation.recorder import Recorder


def test_a_case_is_run_once_for_all_who_judge_the_same_code():
    seen = []

    def double(x):
        seen.append(float(x[0]))
        return 2 * x

    calls, ask = parse(["y = double(x)"]), {"x": np.ones(1)}
    recorder = Recorder(LocalCaller({"double": double}))
    first = recorder.run(calls, ask, ("y",), ("double", 0))
    again = recorder.hidden.run(calls, {"x": np.zeros(1)}, ("y",), ("double", 0))
    assert again is first and seen == [1.0]
    recorder.run(calls, ask, ("y",), ("double", 1))
    assert seen == [1.0, 1.0]


def test_calls_that_are_no_case_are_run_once_for_the_same_inputs():
    calls, other = parse(["y = double(x)"]), parse(["z = double(x)"])
    recorder = Recorder(LocalCaller({"double": lambda x: 2 * x}))
    first = recorder.run(calls, ask := {"x": np.ones(1)}, ("y",))
    assert recorder.run(calls, ask, ("y",)) is first
    for elsewhere in (
        recorder.run(calls, dict(ask), ("y",)),
        recorder.run(calls, ask, ()),
        recorder.run(other, ask, ()),
    ):
        assert elsewhere is not first
