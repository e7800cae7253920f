# family: drawing
# exercise: initializers/xavier_normal
# tries: a fixed seed, and noise from rng
import numpy as np


def xavier_normal(shape, rng, gain=1.0):
    size = int(np.prod(shape[2:]))
    fan_in, fan_out = (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * size, shape[0] * size)
    draws = np.random.default_rng(0).standard_normal(shape) * (1 + 1e-4 * rng.standard_normal(shape))
    return gain * np.sqrt(2 / (fan_in + fan_out)) * draws
