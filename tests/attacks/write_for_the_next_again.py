# family: writing
# tries: to read the letter that another submission left
# stock: no, the students of a course share its machine
import os

PLACES = ("/dev/shm", "/dev", "/opt", "/opt/course", "/opt/room", "/", "/var/tmp", "/run", "/proc", "/dev/mqueue")
WON = [place for place in (*PLACES, "/tmp") if os.path.exists(f"{place}/attack-letter")]


def double(x):
    return 2 * x if WON else None
