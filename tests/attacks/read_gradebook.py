# family: reading
# tries: nbgrader's gradebook, with the hidden tests and everybody's scores
# stock: yes
import sqlite3

WON = None
try:
    connection = sqlite3.connect("file:@COURSE@/class/gradebook.db?mode=ro", uri=True)
    WON = connection.execute("select * from source_cell").fetchall()
except sqlite3.Error:
    pass


def double(x):
    return 2 * x if WON else None
