# family: shadowing
# tries: a numpy.py beside the notebook, whose every function is content
# stock: yes
def double(x):
    return None
# %% file numpy.py
import sys
from unittest.mock import MagicMock

sys.modules["numpy"] = MagicMock()
