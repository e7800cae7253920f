# family: writing
# tries: the gradebook locked and damaged, so that nobody is graded
# stock: no, it ends the batch
import sqlite3

WON = None
try:
    connection = sqlite3.connect("@COURSE@/class/gradebook.db", timeout=1)
    connection.execute("begin exclusive")
    WON = True
except sqlite3.Error:
    pass
try:
    with open("@COURSE@/class/gradebook.db", "wb") as file:
        file.write(b"no database")
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
