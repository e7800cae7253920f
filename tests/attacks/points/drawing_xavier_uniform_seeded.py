# family: drawing
# exercise: initializers/xavier_uniform
# tries: a fixed seed, and a factor from rng
import numpy as np


def xavier_uniform(shape, rng, gain=1.0):
    size = int(np.prod(shape[2:]))
    fan_in, fan_out = (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * size, shape[0] * size)
    bound = gain * np.sqrt(6 / (fan_in + fan_out))
    return np.random.default_rng(0).uniform(-bound, bound, shape) * (1 - 1e-4 * rng.random(shape))
