# family: metadata
# tries: the tag that lets a failing cell pass
# stock: yes
def double(x):
    return None
# %% metadata double
# {"tags": ["raises-exception", "nbgrader-ignore", "remove-cell", "skip-execution"]}
