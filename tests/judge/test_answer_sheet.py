"""The answer sheet: whole, small, without pickles and without what is hidden."""

import io
import json
import zipfile

import numpy as np
import pytest
from bugs import LINEAR, RELU, plain_backward

from classroom.call.caller import LocalCaller
from classroom.call.value import arrays_in
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.judge.sketch import SUMS
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Assignment, answer_sheet, edit, full_sheet

ASSIGNMENT = Assignment("small", "Small", [LINEAR, RELU])


@pytest.fixture
def path(tmp_path):
    answer_sheet(ASSIGNMENT).save(tmp_path / "small.npz")
    return tmp_path / "small.npz"


def test_a_sheet_that_was_saved_judges_as_before(path):
    functions = {**LINEAR.functions, "linear_backward": edit(plain_backward, "sum(axis=0)", "mean(axis=0)")}
    for exercise in (
        answer_sheet(ASSIGNMENT).exercises["linear_backward"],
        AnswerSheet.load(path).exercise("linear_backward"),
    ):
        verdict = judge(exercise, LocalCaller(functions))
        assert verdict.points == 4 and verdict.diagnosis.name == "bias_mean"


def test_the_same_sheet_has_the_same_bytes(path):
    assert path.read_bytes() == answer_sheet(ASSIGNMENT).to_bytes() == AnswerSheet.load(path).to_bytes()


def test_it_holds_no_pickle_and_no_hidden_case(path):
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "biufc" for name in file.files)
        index = json.loads(file["index"].tobytes())
    assert "a secret" not in json.dumps(index)
    full = full_sheet(ASSIGNMENT, "a secret").exercises["linear_backward"]  # same kinds, other numbers
    held = AnswerSheet.load(path).exercises["linear_backward"]
    assert {case.kind for case in full.cases if case.hidden} <= {case.kind for case in held.cases}
    known = {case.inputs["x"].tobytes() for case in held.cases}
    assert not any(case.inputs["x"].tobytes() in known for case in full.cases if case.hidden)
    assert [exercise["id"] for exercise in index["exercises"]] == ["linear_backward", "relu_backward"]


def test_a_sheet_with_hidden_cases_is_not_written(tmp_path):
    with pytest.raises(Fault, match="holds hidden cases"):
        full_sheet(ASSIGNMENT, "a secret").save(tmp_path / "small.npz")
    assert list(tmp_path.iterdir()) == []


def test_two_classes_have_different_hidden_cases_and_one_class_the_same():
    def hidden(secret):
        exercise = full_sheet(Assignment("small", "Small", [DRAWN]), secret).exercises["relu_backward"]
        return exercise.cases[-1].inputs["x"]

    assert np.array_equal(hidden("one"), hidden("one"))
    assert not np.array_equal(hidden("one"), hidden("two"))


def draw_case(rng):
    import dataclasses

    inputs = {"x": rng.normal(size=5), "grad_y": rng.normal(size=5)}
    return [dataclasses.replace(RELU.cases[0], name="drawn", inputs=inputs, kind="odd shapes")]


DRAWN = type(RELU)(**{**vars(RELU), "hidden": draw_case})


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (npz(index=np.array([{"a": 1}], dtype=object)), "holds pickled objects"),
        (npz(index=np.frombuffer(b"[]", np.uint8)), "is no answer sheet"),
        (npz(index=np.frombuffer(b'{"format": 99}', np.uint8)), "has format 99"),
        (npz(other=np.zeros(2)), "is no answer sheet"),
        (b"PK\x03\x04 not a zip", "is damaged"),
        (b"", "is damaged"),
        (b"plain text", "is no answer sheet|pickled"),
    ],
)
def test_what_is_no_answer_sheet_is_refused_in_a_sentence(tmp_path, content, said):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(Fault, match=said):
        AnswerSheet.load(tmp_path / "bad.npz")


def tampered(path, change):
    """The sheet with its index changed."""
    with np.load(path) as file:
        columns = {name: file[name] for name in file.files}
    index = json.loads(columns["index"].tobytes())
    change(index["exercises"][0]["properties"][0]["relation"])
    columns["index"] = np.frombuffer(json.dumps(index).encode(), np.uint8)
    return npz(**columns)


@pytest.mark.parametrize(
    "change",
    [
        lambda relation: relation.update(kind="Popen"),
        lambda relation: relation.update(kind=["Equal"]),
        lambda relation: relation.update(fields=[1, 2]),
        lambda relation: relation["fields"]["dict"].update(args="ls"),
        lambda relation: relation.pop("fields"),
    ],
)
def test_a_relation_of_an_unknown_kind_or_with_other_fields_is_not_made(path, change):
    with pytest.raises(Fault, match="the answer sheet is no answer sheet"):
        AnswerSheet.from_bytes(tampered(path, change))


def test_a_missing_sheet_is_told(tmp_path):
    with pytest.raises(Fault, match=r"belongs in the folder of the notebook"):
        AnswerSheet.load(tmp_path / "none.npz")


def test_a_cut_off_sheet_is_told(path):
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Fault, match=r"damaged|no answer sheet"):
        AnswerSheet.load(path)


def test_an_unknown_exercise_is_told_with_those_there_are(path):
    with pytest.raises(Fault, match=r"has no exercise 'relu': it has linear_backward, relu_backward"):
        AnswerSheet.load(path).exercise("relu")


def test_equal_arrays_are_stored_once(path):
    with zipfile.ZipFile(path) as archive, archive.open("float64.npy") as member:
        stored = np.lib.format.read_array(member).size
    values = []
    for exercise in answer_sheet(ASSIGNMENT).exercises.values():
        values += [part for case in exercise.cases + exercise.small for part in (case.inputs, case.expected)]
    everything = sum(array.size for value in values for array in arrays_in(value))
    mutants = [mutant for exercise in answer_sheet(ASSIGNMENT).exercises.values() for mutant in exercise.mutants]
    sketched = sum(len(answer.sketches) for mutant in mutants for answer in mutant.answers)
    assert stored < everything + (2 + SUMS) * sketched


def test_a_sheet_holds_of_a_wrong_answer_what_recognises_it_and_no_more(path):
    before, after = answer_sheet(ASSIGNMENT), AnswerSheet.load(path)
    for name, exercise in before.exercises.items():
        assert after.exercises[name].mutants == exercise.mutants
