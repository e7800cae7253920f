"""What is inside, and what is not."""

import pytest
from child import able, run

pytestmark = pytest.mark.slow


@able
@pytest.mark.parametrize("name", ["torch", "scipy", "sklearn", "solutions", "classroom.staff", "nbgrader", "pyseccomp"])
def test_what_is_not_on_the_list_cannot_be_imported(zygote, name):
    with zygote.open(0) as child:
        assert run(child, f"import {name}") == "ModuleNotFoundError"


@able
def test_the_data_set_of_the_course_is_there(zygote):
    with zygote.open(0) as child:
        assert run(child, "from classroom.data import load\nprint(load('digits').images.shape[0] > 1000)") == "True"
