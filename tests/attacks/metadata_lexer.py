# family: metadata
# tries: a lexer, a template and saved widgets of its own for whatever makes pages of the notebook
# stock: yes
def double(x):
    return None
# %% notebook
# {"metadata": {"language_info": {"name": "python", "pygments_lexer": "html+jinja", "mimetype": "text/html"},
#   "title": "<script>ATTACK()</script>", "authors": [{"name": "<script>ATTACK()</script>"}],
#   "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"model_name": "HTMLModel",
#     "model_module": "@jupyter-widgets/controls", "model_module_version": "2.0.0",
#     "state": {"value": "<script>ATTACK()</script>"}}}, "version_major": 2, "version_minor": 0}}}}
