"""A zygote for all tests that need no other."""

import pytest

from classroom.staff.sandbox.sandbox import Limits, Zygote


@pytest.fixture(scope="session")
def zygote():
    opened = Zygote(limits=Limits(memory_bytes=1 << 30))
    yield opened
    opened.close()
