# family: metadata
# tries: a check that is worth a hundred points
# stock: yes
def double(x):
    return None
# %% metadata double
# {"nbgrader": {"points": 100, "grade": true, "extra_credit": 50}}
# %% cell double
100.0
