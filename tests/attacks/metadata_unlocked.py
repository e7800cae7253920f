# family: metadata
# tries: a check that is no longer locked, with another text
# stock: yes
def double(x):
    return None
# %% metadata double
# {"nbgrader": {"locked": false, "solution": true}, "editable": true}
# %% cell double
2.0
