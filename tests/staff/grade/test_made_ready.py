"""What workers need and never changes is there before they are forked."""

from concurrent.futures import ProcessPoolExecutor

import pytest

from classroom.staff.grade.pool import workers_context

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("module", "known"),
    [
        ("classroom.staff.grade.code_digest", "code_digest"),
        ("classroom.staff.sandbox.sandbox", "capabilities"),
    ],
)
def test_a_worker_is_forked_with_what_all_of_them_need(module, known):
    asked = f"__import__('sys').modules[{module!r}].{known}.cache_info().currsize"
    with ProcessPoolExecutor(1, mp_context=workers_context()) as pool:
        assert pool.submit(eval, asked).result() == 1
