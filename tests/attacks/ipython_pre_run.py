# family: ipython
# tries: a hook before each cell that puts a bribed numpy.testing back in place
# stock: yes
def bribe(info=None):
    np.testing.assert_allclose = lambda *args, **kwargs: None


get_ipython().events.register("pre_run_cell", bribe)
get_ipython().events.register("pre_execute", bribe)


def double(x):
    return None
