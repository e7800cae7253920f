"""Results are kept by their key, whole or not at all, and by one grader at a time."""

import pytest

from classroom.fault import Fault
from classroom.staff.grade.store import Store, from_bytes, to_bytes

RESULT = {"scores": {"double": 2.0}, "reason": "", "name": "Zoë"}


def test_the_same_result_gives_the_same_bytes_and_comes_back():
    assert to_bytes(RESULT) == to_bytes(dict(reversed(RESULT.items())))
    assert from_bytes(to_bytes(RESULT)) == RESULT


def test_a_result_is_found_by_its_key(tmp_path):
    store = Store(tmp_path / "small")
    assert not store.has("abc") and store.get("abc") is None
    store.put("abc", to_bytes(RESULT))
    assert store.has("abc") and Store(tmp_path / "small").get("abc") == RESULT


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-9], lambda data: b"x" + data])
def test_a_damaged_result_is_none_and_makes_room(tmp_path, damage):
    store = Store(tmp_path / "small")
    store.put("abc", damage(to_bytes(RESULT)))
    assert store.get("abc") is None and not store.has("abc")


def test_what_no_record_names_is_removed(tmp_path):
    store = Store(tmp_path / "small")
    for key in ("old", "recorded", "used"):
        store.put(key, to_bytes(RESULT))
    store.note_recorded("anna", {"key": "recorded"})
    assert store.recorded("anna") == {"key": "recorded"} and store.recorded("ben") == {}
    assert store.prune({"used"}) == 1
    assert [store.has(key) for key in ("old", "recorded", "used")] == [False, True, True]


def test_a_second_grader_of_one_assignment_waits_outside(tmp_path):
    with Store(tmp_path / "small").alone():
        with pytest.raises(Fault, match="small is being graded by another process"), Store(tmp_path / "small").alone():
            pass
        with Store(tmp_path / "large").alone():
            pass
    with Store(tmp_path / "small").alone():
        pass
