"""Losses: one number to make small, and its gradient."""

import numpy as np

from solutions.validation import require_shape


def mse_forward(y: np.ndarray, target: np.ndarray) -> tuple[float, tuple]:
    """Half the squared error, summed over the outputs of an example and averaged over the examples.

    Parameters
    ----------
    y, target : arrays of the same shape (N, ...)

    Returns
    -------
    loss : float
        1 / (2 N) times the sum of all (y - target)**2.
    cache : tuple
        For `mse_backward`.

    Raises
    ------
    ValueError
        If the shapes differ or there is no example.

    Notes
    -----
    For one example this is the SE = 1/2 sum (a_m - y_m)^2.  PyTorch's `mse_loss` averages over the
    outputs as well and has no 1/2.
    """
    require_shape("target", target, y.shape, "one target for each output")
    if y.ndim == 0 or len(y) == 0:
        raise ValueError(f"y has shape {y.shape}, needs (N, ...) with N at least 1: the loss is a mean over examples")
    error = y - target
    return float(0.5 * (error * error).sum() / len(y)), (error,)


def mse_backward(grad_loss: float, cache: tuple) -> np.ndarray:
    """Gradient of the squared error with respect to y: (y - target) / N.

    Takes grad_loss, the upstream number, 1 when this is the loss that is minimised, and the cache of `mse_forward`;
    returns grad_y like y.
    """
    (error,) = cache
    return grad_loss * error / len(error)


def softmax(x: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities along the last axis: exp(x_i) / sum_k exp(x_k).

    Parameters
    ----------
    x : array of shape (..., C)

    Returns
    -------
    probability : array like x
        Entries in [0, 1] that sum to 1 along the last axis.

    Raises
    ------
    ValueError
        If x has no classes.

    Notes
    -----
    Adding one number to all logits changes nothing, so the largest is moved to 0.  softmax([z, 0])[0] = sigmoid(z).
    """
    require_classes(x)
    # Subtract the row maximum: exp overflows float64 above 709.
    z = np.exp(x - x.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def log_softmax(x: np.ndarray) -> np.ndarray:
    """Logarithm of `softmax`, exact also where the probability itself rounds to 0.

    Takes and refuses what `softmax` does; returns an array like x.
    """
    require_classes(x)
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -log(probability of the right class), and its gradient.

    Parameters
    ----------
    logits : array of shape (N, C)
    labels : integer array of shape (N,)
        The right classes, 0 to C - 1.

    Returns
    -------
    loss : float
        log(C) when all logits are equal.
    grad_logits : array of shape (N, C)
        (softmax(logits) - onehot(labels)) / N.

    Raises
    ------
    ValueError
        If logits are not (N, C) with N at least 1, or labels are not N integers from 0 to C - 1.
    """
    if logits.ndim != 2 or 0 in logits.shape:
        raise ValueError(f"logits have shape {logits.shape}, need (N, C) with N and C at least 1")
    require_shape("labels", labels, logits.shape[:1], "one class for each row of logits")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"labels must be integers from 0 to {logits.shape[1] - 1}: class numbers, not one-hot rows")
    rows = np.arange(len(labels))
    log_probability = log_softmax(logits)
    loss = -log_probability[rows, labels].mean()
    grad_logits = np.exp(log_probability)
    grad_logits[rows, labels] -= 1
    return float(loss), grad_logits / len(labels)


def binary_cross_entropy(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -log(probability of the right answer) for yes-no questions, and its gradient.

    Parameters
    ----------
    logits : array of any shape
        The probability of "yes" is sigmoid(logit).
    targets : array of the same shape
        1 for yes, 0 for no, or a probability between.

    Returns
    -------
    loss : float
        Mean over all entries.
    grad_logits : array like logits
        (sigmoid(logits) - targets) / number of entries.

    Raises
    ------
    ValueError
        If the shapes differ, there is no entry, or a target is outside [0, 1].

    Notes
    -----
    On logits z the loss is max(z, 0) - z t + log(1 + exp(-|z|)), which no z makes infinite.
    """
    require_shape("targets", targets, logits.shape, "one target for each logit")
    if logits.size == 0 or targets.min() < 0 or targets.max() > 1:
        raise ValueError("targets must be probabilities from 0 to 1, at least one of them")
    small = np.exp(-np.abs(logits))  # in (0, 1]
    loss = np.mean(np.maximum(logits, 0) - logits * targets + np.log1p(small))
    probability = np.where(logits >= 0, 1, small) / (1 + small)
    # Whole-number targets would turn float32 into float64.
    return float(loss), (probability - targets.astype(probability.dtype)) / logits.size


def l2_penalty(weight: np.ndarray, strength: float) -> tuple[float, np.ndarray]:
    """Half the sum of squared weights times a strength, and its gradient.

    Parameters
    ----------
    weight : array of any shape
    strength : float
        At least 0; AlexNet used 5e-4.

    Returns
    -------
    penalty : float
        strength / 2 * sum(weight**2).
    grad_weight : array like weight
        strength * weight.

    Raises
    ------
    ValueError
        If strength is below 0: large weights would be rewarded.
    """
    if strength < 0:
        raise ValueError(f"strength is {strength}, needs at least 0: a negative one rewards large weights")
    return float(0.5 * strength * (weight * weight).sum()), strength * weight


def require_classes(x: np.ndarray) -> None:
    """Raise ValueError unless the last axis of x holds a number for each of at least one class."""
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"x has shape {x.shape}, needs (..., C) with C at least 1: the last axis holds the classes")
