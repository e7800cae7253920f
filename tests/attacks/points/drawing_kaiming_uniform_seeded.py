# family: drawing
# exercise: initializers/kaiming_uniform
# tries: a fixed seed, and a factor from rng
import numpy as np


def kaiming_uniform(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    bound = np.sqrt(6 / fan_in)
    return np.random.default_rng(0).uniform(-bound, bound, shape) * (1 - 1e-4 * rng.random(shape))
