# family: ipython
# tries: a handler that swallows every exception of later cells
# stock: yes
shell = get_ipython()
shell.set_custom_exc((BaseException,), lambda *args, **kwargs: None)
shell.showtraceback = lambda *args, **kwargs: None


def double(x):
    return None
