# family: reading
# tries: to carry hidden inputs out to the feedback page: prints, errors, files, the next cell
# stock: no, its hidden tests are shown to the student in any case
SEEN = []


def double(x):
    SEEN.append(x)
    print("SEEN", x)
    open("/tmp/seen", "a").write(repr(x))
    raise ValueError(f"SEEN {x}")
# %% last
print("SEEN", SEEN)
