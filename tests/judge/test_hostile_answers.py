"""Whatever a student's function returns, the judge comes to a verdict, and it is not full points."""

import json
import math
import warnings

import numpy as np
import pytest
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.judge.message import to_html, to_text
from classroom.judge.verdict import judge

pytestmark = pytest.mark.slow

EXERCISES = {
    "softmax_cross_entropy": "softmax",
    "conv2d_backward": "convolution",
    "maxpool2d_backward": "pooling",
    "dropout": "residual",
    "batchnorm_backward": "normalization",
    "adam": "optimizers",
}


def nested(levels):
    """Return a list so many levels deep."""
    made = [1.0]
    for _ in range(levels):
        made = [made]
    return made


OF_ITSELF = [1.0]
OF_ITSELF.append(OF_ITSELF)
ANSWERS = {
    "none": None,
    "text": "right",
    "huge": 10**400,
    "nan": math.nan,
    "infinite": -math.inf,
    "empty list": [],
    "ragged": [[1.0], [2.0, 3.0]],
    "dict": {"": {"a": (None,)}},
    "empty": np.zeros((0, 3)),
    "no axes": np.array(1e308),
    "half": np.full((2, 2), 1e4, np.float16),
    "long double": np.full((2, 2), 1e30, np.longdouble),
    "large": np.full((3, 4), 1e308),
    "complex": np.full((3, 4), 1j),
    "unsigned": np.full((3, 4), 2**64 - 1, np.uint64),
    "text array": np.array(["a"]),
    "object": object(),
    "deep": [[[[[[[[1]]]]]]]],
    "ten thousand deep": nested(10_000),
    "of itself": OF_ITSELF,
    "true": True,
}


@pytest.fixture
def sheet(exercise, full_sheets):
    """The exercise with its hidden cases."""
    return full_sheets(EXERCISES[exercise]).exercises[exercise]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_answer_breaks_the_judge(exercise, answer, sheet):
    value = ANSWERS[answer]
    for returned in (value, (value,), (value, value), (value, value, value)):
        functions = dict.fromkeys(sheet.functions, lambda *arguments, _value=returned, **keywords: _value)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            verdict = judge(sheet, LocalCaller(functions))
        assert verdict.outcome in ("wrong", "crashed") and verdict.points == 0
        json.dumps(verdict.to_json())
        assert to_html(verdict) and to_text(verdict)


@pytest.mark.parametrize("answer", ["half", "long double", "large", "complex", "unsigned"])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_shapes_with_strange_contents_break_nothing_either(exercise, answer, sheet):
    value, reference = ANSWERS[answer], declared(EXERCISES[exercise]).exercise(exercise)

    def strange(function):
        def wrapper(*arguments, **keywords):
            outputs = function(*arguments, **keywords)
            filled = lambda item: np.full(item.shape, value.flat[0]) if isinstance(item, np.ndarray) else item  # noqa: E731
            return tuple(map(filled, outputs)) if isinstance(outputs, tuple) else filled(outputs)

        return wrapper

    functions = {
        name: strange(function) if name in sheet.subject else function for name, function in reference.functions.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = judge(sheet, LocalCaller(functions))
    assert verdict.points < verdict.max_points
    assert to_html(verdict)
