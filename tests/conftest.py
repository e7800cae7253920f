"""Settings of every test."""

import pytest
from hypothesis import settings

# The same examples in every run: a test that fails today fails tomorrow, and nothing depends on how fast a machine is.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("house")

# Files that take a minute or more.  They go first, so that at the end no worker waits for another one's.
LONG = (
    "test_install.py",
    "test_never_lost.py",
    "test_browser.py",
    "test_quality.py",
    "test_assignments.py",
    "test_standing_in.py",
    "test_attacks.py",
    "09_normalization.ipynb",
    "11_residual.ipynb",
    "test_demo.py",
    "test_build.py",
    "test_grade.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files to the front; those of a file stay together and in their order."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


@pytest.fixture(scope="session")
def torchvision():
    """Make torchvision importable where pip paired one built for a GPU with a torch that is not.

    Its import stops there at the first compiled operator that it describes.  The data sets use none of them, so for the
    tests they are declared without being had.
    """
    import torch

    try:
        import torchvision
    except RuntimeError:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        yield torchvision
        del library  # torch forgets the declaration together with the object that made it
    else:
        yield torchvision
