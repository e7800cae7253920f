"""Dropout: in training each number is set to zero with probability `drop`."""

import numpy as np

from solutions.validation import require_mode, require_shape


def dropout_forward(
    x: np.ndarray, drop: float, rng: np.random.Generator, *, training: bool
) -> tuple[np.ndarray, tuple]:
    """Inverted dropout: what is kept is divided by 1 - drop in training, and inference is the identity.

    Takes, returns and refuses what `vanilla_dropout_forward` does, with a cache for `dropout_backward`.

    Notes
    -----
    The mean of y is x in training as in inference; its mean square is x^2 / (1 - drop) in training.  Some write p for
    the probability to keep, others for the one to drop.  Srivastava et al. 2014.
    """
    require_probability(drop)
    require_mode(training)
    if not training:
        return x.copy(), (None,)
    mask = keep_mask(x, drop, rng) / (1 - drop)
    return x * mask, (mask,)


def dropout_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Send the gradient through the same mask: what was dropped gets none.

    Takes grad_y like y and the cache of `dropout_forward`; returns grad_x like x.
    """
    (mask,) = cache
    if mask is None:
        return grad_y.copy()
    require_shape("grad_y", grad_y, mask.shape, "one upstream number for each output")
    return grad_y * mask


def vanilla_dropout_forward(
    x: np.ndarray, drop: float, rng: np.random.Generator, *, training: bool
) -> tuple[np.ndarray, tuple]:
    """Dropout as first published: training only sets to zero, and inference multiplies by 1 - drop.

    Parameters
    ----------
    x : array of any shape
    drop : float
        Probability of zero, 0 <= drop < 1.
    rng : numpy.random.Generator
    training : bool

    Returns
    -------
    y : array like x
    cache : tuple
        For `vanilla_dropout_backward`.

    Raises
    ------
    ValueError
        If drop is outside [0, 1), or training is neither True nor False.

    Notes
    -----
    The mean of y is (1 - drop) x in training as in inference.  Srivastava et al. 2014.
    """
    require_probability(drop)
    require_mode(training)
    mask = keep_mask(x, drop, rng) if training else np.full_like(x, 1 - drop, dtype=np.result_type(x, np.float16))
    return x * mask, (mask,)


def vanilla_dropout_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Send the gradient through the same mask or, after inference, multiply it by 1 - drop.

    Takes grad_y like y and the cache of `vanilla_dropout_forward`; returns grad_x like x.
    """
    (mask,) = cache
    require_shape("grad_y", grad_y, mask.shape, "one upstream number for each output")
    return grad_y * mask


def keep_mask(x: np.ndarray, drop: float, rng: np.random.Generator) -> np.ndarray:
    """Draw 0 with probability drop and else 1, for each number of x, in the precision of x."""
    return (rng.random(x.shape) >= drop).astype(np.result_type(x, np.float16))


def require_probability(drop: float) -> None:
    """Raise ValueError unless 0 <= drop < 1."""
    if not 0 <= drop < 1:
        raise ValueError(
            f"drop is {drop}, needs 0 <= drop < 1: it is the probability of zero, and something must remain"
        )
