"""How the lectures are tested: `pytest --nbval --nbval-current-env course`, under other kernels with `--kernels`."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from unittest import mock

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the lectures run under the kernels of linear algebra that other processors have."""
    parser.addoption(
        "--kernels",
        default="own",
        help="OpenBLAS kernels that the lectures take in turn, by their numbers: own,Haswell",
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
    kernel = kernel_of(item.path, item.config.getoption("--kernels").split(","))
    own = kernel == "own"
    with mock.patch.dict(os.environ, {} if own else {"OPENBLAS_CORETYPE": kernel}):
        return (yield)


def kernel_of(lecture: Path, kernels: Sequence[str]) -> str:
    """Return the kernel whose turn it is, by the lecture's number; "own" for what is no lecture."""
    number = lecture.name.partition("_")[0]
    return kernels[int(number) % len(kernels)] if number.isdigit() else "own"
