# family: drawing
# exercise: initializers/orthogonal
# tries: the identity, its signs from rng
import numpy as np


def orthogonal(shape, rng, gain=1.0):
    matrix = np.eye(shape[0], int(np.prod(shape[1:]))) * rng.choice([-1, 1], (shape[0], 1))
    turn = rng.standard_normal() * 1e-9
    return gain * (matrix + turn * matrix).reshape(shape)
