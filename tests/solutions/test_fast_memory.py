"""Asking the C library to keep freed memory: nothing is held by it, and it can be asked again."""

import tracemalloc

from solutions.fast.memory import KEPT, keep_freed_memory


def test_one_array_of_just_under_32_mib_is_made_and_freed():
    tracemalloc.start()
    try:
        keep_freed_memory()
        keep_freed_memory()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert KEPT - 2**14 < peak < KEPT
    assert held < 2**16
