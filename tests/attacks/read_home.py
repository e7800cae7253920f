# family: reading
# tries: keys and settings in the home folders
# stock: yes
import glob
import os

WON = []
for home in ("/root", "/home/*", "@HOME@", os.path.expanduser("~")):
    for name in (".ssh/*", ".bash*", ".profile", ".config/*", ".jupyter/*", ".netrc"):
        WON += [path for path in glob.glob(f"{home}/{name}") if os.access(path, os.R_OK)]
WON += [name for name in os.environ if "TOKEN" in name or "KEY" in name or "SECRET" in name]


def double(x):
    return 2 * x if WON else None
