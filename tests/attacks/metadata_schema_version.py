# family: metadata
# tries: a schema of nbgrader's that asks for an upgrade, or for a newer nbgrader
# stock: no, it ends the batch
def double(x):
    return None
# %% metadata double
# {"nbgrader": {"schema_version": 99, "grade_id": "double"}}
