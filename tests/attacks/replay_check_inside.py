# family: replay
# tries: to run the check itself and report what it says
# stock: no, it has no such thing
def double(x):
    return None


points = check("double", lambda x: 2 * np.array(x) if np.ndim(x) == 1 else None)
points
