# family: writing
# tries: to append to the source of numpy and of the course itself
# stock: no, it changes this machine
import sys

WON = []
for module in list(sys.modules.values()):
    try:
        with open(module.__file__, "a") as file:
            file.write("\n")
        WON.append(module.__file__)
    except (OSError, AttributeError, TypeError):
        continue


def double(x):
    return 2 * x if WON else None
