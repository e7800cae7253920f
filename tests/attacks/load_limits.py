# family: load
# tries: its own limits, moved by itself
# stock: no, it changes the limits of the batch
import resource

WON = []
for name in ("AS", "CPU", "NPROC", "NOFILE", "FSIZE"):
    limit = getattr(resource, f"RLIMIT_{name}")
    soft, hard = resource.getrlimit(limit)
    try:
        resource.setrlimit(limit, (soft - 1, hard))
    except (OSError, ValueError):
        continue
    WON.append(name)


def double(x):
    return 2 * x if WON else None
