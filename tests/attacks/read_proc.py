# family: reading
# tries: the environment, memory and open files of the processes above
# stock: yes
import os

WON = []
for pid in ("1", "self", str(os.getppid()), "2"):
    for name in ("environ", "cmdline", "maps", "mem", "fd"):
        path = f"/proc/{pid}/{name}"
        try:
            WON.append(os.listdir(path) if name == "fd" else open(path, "rb").read(10))
        except OSError:
            continue


def double(x):
    return 2 * x if WON else None
