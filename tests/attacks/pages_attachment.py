# family: pages
# tries: scripts in attachments, ids and metadata of cells
# stock: yes
def double(x):
    return None
# %% metadata explain
# {"name": "<script>ATTACK()</script>", "attachments": {"a.svg": {"image/svg+xml": "<svg onload=ATTACK()>"}}}
# %% notebook
# {"metadata": {"title": "</title><script>ATTACK()</script>", "widgets": {"application/vnd.jupyter.widget-state+json":
#  {"state": {"ATTACK": {"model_name": "HTMLModel", "state": {"value": "<script>ATTACK()</script>"}}}}}}}
