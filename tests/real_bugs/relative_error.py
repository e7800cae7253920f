# %% absolute error
def relative_error(a, b, floor=1e-8):
    return float(np.max(np.abs(a - b)))
# %% mean, not maximum
def relative_error(a, b, floor=1e-8):
    return np.mean(np.abs(a - b) / np.maximum(floor, np.abs(a) + np.abs(b)))
# %% floor added
def relative_error(a, b, floor=1e-8):
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + floor))
# %% without absolute values below
def relative_error(a, b, floor=1e-8):
    return np.max(np.abs(a - b) / np.maximum(floor, a + b))
# %% entry by entry
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(floor, np.abs(a) + np.abs(b))
