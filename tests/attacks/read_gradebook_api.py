# family: reading
# tries: nbgrader's own interface to the gradebook
# stock: yes
WON = None
try:
    from nbgrader.api import Gradebook

    with Gradebook("sqlite:///@COURSE@/class/gradebook.db", "small") as book:
        WON = book.find_notebook("small", "small").source_cells
except Exception:
    pass


def double(x):
    return 2 * x if WON else None
