"""What is withheld where an exercise is judged: its names are there, and nothing of what they compute."""

from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.withheld import blanked

CAPSTONE = Path(__file__).parents[3] / "assignments" / "capstone"
SOURCE = '''
import functools

@functools.cache
def double(x, *, times=2):
    """Twice x."""
    return times * x

class Box:
    def open(self):
        return 1

BOTH = (double, Box)
'''


@pytest.fixture(scope="module")
def sheet(full_sheets):
    return full_sheets("capstone").to_bytes()


def exam(sheet, files=("given_layers", "given_tape", "given_network")):
    content = {f"{name}.py": (CAPSTONE / f"{name}.py").read_bytes() for name in files}
    return Exam("capstone", "capstone", (), {}, {**content, "capstone.npz": b""}, sheet)


def test_a_blanked_module_has_its_names_and_computes_nothing():
    space = {}
    exec(blanked(SOURCE, "given"), space)
    assert space["BOTH"] == (space["double"], space["Box"])
    for call in (lambda: space["double"](1, times=3), space["Box"]().open):
        with pytest.raises(NotImplementedError, match=r"given\.\w+ is given, and here your own is asked for"):
            call()


@pytest.mark.slow
def test_what_is_withheld_lies_in_no_room_s_folder_and_comes_to_the_others_whole(sheet):
    capstone = exam(sheet)
    assert set(capstone.room_files()) == {"given_network.py"}
    everywhere, withheld = capstone.room_modules(()), capstone.room_modules(("given_layers",))
    assert set(everywhere) == set(withheld) == {"given_layers", "given_tape"}
    assert everywhere["given_layers"].encode() == capstone.files["given_layers.py"]
    assert withheld["given_tape"] == everywhere["given_tape"]
    assert "pull_back(" not in withheld["given_layers"] and "np.where" not in withheld["given_layers"]


@pytest.mark.slow
def test_nothing_is_run_ahead_for_all_rooms_where_one_must_do_without(sheet):
    assert exam(sheet).prelude == []


@pytest.mark.slow
def test_what_is_withheld_must_be_released(sheet):
    with pytest.raises(Fault, match=r"capstone withholds given_layers, and no given_layers\.py is released"):
        exam(sheet, ["given_tape", "given_network"]).room_files()
