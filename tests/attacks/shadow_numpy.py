# family: shadowing
# tries: a numpy.py beside the notebook
# stock: yes
def double(x):
    return None
# %% file numpy.py
from unittest.mock import MagicMock

testing = MagicMock()
