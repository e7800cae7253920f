# family: bombs
# tries: a full disk
# stock: no, it fills the disk
WON = None
try:
    for number in range(100):
        with open(f"/tmp/bomb{number}", "wb") as file:
            file.write(bytes(8 << 20))
    WON = True
except OSError:
    pass


def double(x):
    return 2 * x if WON else None
