# family: writing
# tries: another student's notebook emptied
# stock: yes
import glob

WON = []
for path in glob.glob("@COURSE@/class/*/honest-z*/small/small.ipynb"):
    try:
        with open(path, "w") as file:
            file.write("{}")
        WON.append(path)
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
