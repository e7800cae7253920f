# family: reading
# tries: the full answer sheet and the class secret, wherever they may lie
# stock: no, it has no answer sheet
import glob

WON = []
for pattern in ("@COURSE@/class/grading/**", "/opt/course/**", "/tmp/**", "./**", "/home/**/sheet*", "../**/secret"):
    for path in glob.glob(pattern, recursive=True):
        if "secret" in path or "sheet-" in path:
            WON.append(path)
WON += glob.glob("*.npz") + glob.glob("/opt/course/*.npz")


def double(x):
    return 2 * x if WON else None
