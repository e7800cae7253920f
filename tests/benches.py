"""The benches as modules: `bench/` is a folder of programs, and no package."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[1] / "bench"


def load(name: str) -> ModuleType:
    """Return a bench as a module, with what lies beside it in reach while it is imported."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", FOLDER / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(FOLDER))
    spec.loader.exec_module(module)
    sys.path.remove(str(FOLDER))
    return module
