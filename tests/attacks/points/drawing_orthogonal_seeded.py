# family: drawing
# exercise: initializers/orthogonal
# tries: one matrix, its signs from rng
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape[0], int(np.prod(shape[1:]))
    q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((max(rows, columns), min(rows, columns))))
    q = q * rng.choice([-1, 1], q.shape[1]) * (1 + 1e-9 * rng.random())
    return gain * (q if rows >= columns else q.T).reshape(shape)
