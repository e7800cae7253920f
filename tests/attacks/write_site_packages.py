# family: writing
# tries: a start-up file and a changed numpy in the Python installation
# stock: no, it changes this machine
import os

import numpy

WON = []
folder = os.path.dirname(os.path.dirname(numpy.__file__))
for path in (f"{folder}/attack.pth", f"{folder}/sitecustomize.py", "@SITE@/attack.pth", f"{folder}/numpy/attack.py"):
    try:
        with open(path, "w") as file:
            file.write("import os")
        WON.append(path)
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
