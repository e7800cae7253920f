# family: processes
# tries: a command, by all the ways of the standard library
# stock: yes
import os
import subprocess

WON = []
for start in (
    lambda: subprocess.run(["true"], check=True),
    lambda: os.posix_spawn("/bin/true", ["true"], {}),
    lambda: os.popen("echo 1").read(),
):
    try:
        WON.append(start() or 1)
    except OSError:
        continue
WON += [True] if os.system("true") == 0 else []


def double(x):
    return 2 * x if WON else None
