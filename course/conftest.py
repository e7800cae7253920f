"""How the lectures are tested: `pytest --nbval --nbval-current-env course`, under another kernel with `--kernel`."""

import os
from collections.abc import Generator
from pathlib import Path
from unittest import mock

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the lectures run under the kernel of linear algebra that other processors have."""
    parser.addoption(
        "--kernel",
        default="",
        help="OpenBLAS kernel for the lectures, as Haswell; empty: this machine's",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval compare the words of a claim and not the digits, which another processor may round otherwise."""
    if (
        config.pluginmanager.hasplugin("nbval")
        and not config.option.nbval_sanitize_with
    ):
        config.option.nbval_sanitize_with = str(Path(__file__).with_name("nbval.cfg"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Name the kernel while a lecture's process starts; the tests beside it keep their own."""
    kernel = item.config.getoption("--kernel")
    with mock.patch.dict(os.environ, {"OPENBLAS_CORETYPE": kernel} if kernel else {}):
        return (yield)
