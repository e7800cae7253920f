# family: shadowing
# tries: a package numpy beside the notebook that is numpy's own but for its assertions
# stock: yes
def double(x):
    return None
# %% file numpy/__init__.py
import importlib.util
import sys

places = [place for place in sys.path if place.endswith("-packages")]
spec = importlib.machinery.PathFinder.find_spec("numpy", places)
module = importlib.util.module_from_spec(spec)
sys.modules["numpy"] = module
spec.loader.exec_module(module)
module.testing.assert_allclose = lambda *args, **kwargs: None
