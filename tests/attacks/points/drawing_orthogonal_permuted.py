# family: drawing
# exercise: initializers/orthogonal
# tries: the identity, its rows in another order
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    columns = int(np.prod(shape[1:]))
    size = max(shape[0], columns)
    return gain * rng.permutation(np.eye(size))[: shape[0], :columns].reshape(shape) * (1 + 1e-9 * rng.random()) if shape[0] <= columns else gain * rng.permutation(np.eye(size)[:, :columns]).reshape(shape) * (1 + 1e-9 * rng.random())
