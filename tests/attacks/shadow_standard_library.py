# family: shadowing
# tries: modules of the standard library that lazily imported code will find beside the notebook
# stock: yes
def double(x):
    return None
# %% file random.py
import sys

sys.modules["numpy.testing"] = None
# %% file unittest.py
raise SystemExit
# %% file difflib.py
raise SystemExit
# %% file contextlib.py
raise SystemExit
