# family: reading
# tries: the accounts and the name of this machine
# stock: yes
WON = []
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/hosts", "/etc/machine-id", "/root/.bashrc"):
    try:
        WON.append(open(path).read())
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
