# family: metadata
# tries: outputs of a successful run, saved with the notebook
# stock: yes
def double(x):
    return None
# %% notebook
# {"metadata": {"execution": {"status": "ok"}, "nbgrader": {"score": 7, "max_score": 7, "points": 7}}}
# %% last
# saved with outputs of its own
2.0
