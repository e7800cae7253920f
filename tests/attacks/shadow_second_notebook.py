# family: shadowing
# tries: a second notebook, and the assignment's name with other letters
# stock: yes
def double(x):
    return None
# %% file Small.ipynb
{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# %% file small_2.ipynb
{"cells": [{"cell_type": "code", "source": "2.0", "metadata": {"nbgrader": {"grade_id": "double", "points": 2}}}]}
