# family: writing
# tries: a file that everybody on the host may write to
# stock: yes
WON = None
try:
    with open("@CANARY@", "a") as file:
        file.write("attack")
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
