# family: metadata
# tries: another format of notebook, and numbers where text belongs
# stock: no, the whole notebook is refused and the student gets an error
def double(x):
    return None
# %% notebook
# {"nbformat": 99, "nbformat_minor": -1, "metadata": {"title": "<script>ATTACK()</script>", "authors": 7}}
