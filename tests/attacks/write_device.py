# family: writing
# tries: new device files and the disks of the host
# stock: no, it writes to disks
import os
import stat

WON = []
for name, major, minor in (("sda", 8, 0), ("vda", 254, 0), ("mem", 1, 1), ("kmsg", 1, 11)):
    try:
        os.mknod(f"/tmp/{name}", stat.S_IFBLK | 0o600, os.makedev(major, minor))
        WON.append(open(f"/tmp/{name}", "rb").read(1))
    except OSError:
        pass
    try:
        WON.append(open(f"/dev/{name}", "rb").read(1))
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
