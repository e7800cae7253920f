# family: reading
# tries: keys and settings in the home folders
# stock: yes
import glob
import os

WON = []
for home in ("/root", "/home/*", "@HOME@", os.path.expanduser("~")):
    for name in (".ssh/*", ".bash*", ".profile", ".config/*", ".jupyter/*", ".netrc"):
        for path in glob.glob(f"{home}/{name}"):
            try:  # os.access knows the owner's rights, and nothing of what Landlock closes
                open(path, "rb").close()
                WON.append(path)
            except OSError:
                continue
WON += [name for name in os.environ if "TOKEN" in name or "KEY" in name or "SECRET" in name]


def double(x):
    return 2 * x if WON else None
