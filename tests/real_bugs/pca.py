# %% smallest first
def pca(x, k):
    c = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(c.T @ c / len(x))
    return vectors.T[:k], values[:k]
# %% not centred
def pca(x, k):
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    return vectors[:, ::-1].T[:k], values[::-1][:k]
# %% columns for rows
def pca(x, k):
    c = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(c.T @ c / len(x))
    return vectors[:, ::-1][:, :k], values[::-1][:k]
# %% singular values, not variances
def pca(x, k):
    c = x - x.mean(axis=0)
    u, s, vt = np.linalg.svd(c, full_matrices=False)
    return vt[:k], s[:k]
