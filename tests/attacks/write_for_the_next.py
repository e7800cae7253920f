# family: writing
# tries: a letter to the next submission of the same worker, in every place that may be shared
# stock: no, the students of a course share its machine
import os

WON = []
PLACES = ("/tmp", "/dev/shm", "/dev", "/opt", "/opt/course", "/opt/room", "/", "/var/tmp", "/run", "/proc", "/dev/mqueue")
for place in PLACES:
    try:
        if os.path.exists(f"{place}/attack-letter"):
            WON.append(place)
        with open(f"{place}/attack-letter", "w") as file:
            file.write("the answer is 2 * x")
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
