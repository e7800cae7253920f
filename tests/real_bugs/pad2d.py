# %% all axes padded
def pad2d(x, padding):
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    return np.pad(x, ((ph, ph), (pw, pw), (ph, ph), (pw, pw)))
# %% on one side only
def pad2d(x, padding):
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    return np.pad(x, ((0, 0), (0, 0), (ph, 0), (pw, 0)))
# %% height and width exchanged
def pad2d(x, padding):
    pw, ph = (padding, padding) if isinstance(padding, int) else padding
    return np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], mode="constant")
# %% the pair forgotten
def pad2d(x, padding):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h + 2 * padding, w + 2 * padding), x.dtype)
    out[:, :, padding:padding + h, padding:padding + w] = x
    return out
# %% minus padding as the end
def pad2d(x, padding):
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    n, c, h, w = x.shape
    out = np.zeros((n, c, h + 2 * ph, w + 2 * pw), x.dtype)
    out[:, :, ph:-ph, pw:-pw] = x
    return out
