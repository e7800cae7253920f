"""Learning rates that change: plain functions of the step or of the losses seen so far."""

import math


def step_schedule(rate: float, step: int, every: int, factor: float = 0.1) -> float:
    """Multiply the rate by `factor` after each `every` steps.

    Parameters
    ----------
    rate : float
        At step 0.
    step : int
        From 0.
    every : int
        At least 1.
    factor : float

    Returns
    -------
    rate : float
        At this step.

    Raises
    ------
    ValueError
        If every is below 1 or step is negative.
    """
    if every < 1 or step < 0:
        raise ValueError(f"step is {step} and every is {every}, need step >= 0 and every >= 1")
    return rate * factor ** (step // every)


def plateau_schedule(rate: float, losses: list, patience: int, factor: float = 0.1) -> float:
    """Multiply the rate by `factor` each time the validation loss has stalled for `patience` values in a row.

    Parameters
    ----------
    rate : float
        Before the first loss.
    losses : list of float
        All validation losses so far, oldest first.
    patience : int
        At least 1; this many values without a new lowest loss are a stall, and the count then starts again.
    factor : float

    Returns
    -------
    rate : float
        For the next epoch.

    Raises
    ------
    ValueError
        If patience is below 1.

    Notes
    -----
    AlexNet's recipe divided by 10 when the error stopped falling on the *validation* set.
    PyTorch's `ReduceLROnPlateau` waits for one value more than its patience, and by default ignores gains below 1e-4.
    """
    if patience < 1:
        raise ValueError(f"patience is {patience}, needs at least 1: the number of stalled values to wait for")
    best, stalled = math.inf, 0
    for loss in losses:
        if loss < best:
            best, stalled = loss, 0
            continue
        stalled += 1
        if stalled == patience:
            rate, stalled = rate * factor, 0
    return rate


def cosine_schedule(rate: float, step: int, total: int, minimum: float = 0.0) -> float:
    """Lower the rate along half a cosine, from `rate` at step 0 to `minimum` at step `total`.

    Parameters
    ----------
    rate : float
    step : int
        From 0; after `total` the rate stays at the minimum.
    total : int
        At least 1.
    minimum : float

    Returns
    -------
    rate : float

    Raises
    ------
    ValueError
        If total is below 1 or step is negative.

    Notes
    -----
    Loshchilov & Hutter 2016.
    """
    if total < 1 or step < 0:
        raise ValueError(f"step is {step} and total is {total}, need step >= 0 and total >= 1")
    progress = min(step / total, 1.0)
    return minimum + (rate - minimum) * 0.5 * (1 + math.cos(math.pi * progress))


def warmup_schedule(rate: float, step: int, warmup: int) -> float:
    """Raise the rate in equal steps: rate / warmup at step 0, `rate` from step warmup - 1 on.

    Parameters
    ----------
    rate : float
        After the warm-up.
    step : int
        From 0.
    warmup : int
        At least 1.

    Returns
    -------
    rate : float, of this step

    Raises
    ------
    ValueError
        If warmup is below 1 or step is negative.

    Notes
    -----
    Goyal et al. 2017.
    """
    if warmup < 1 or step < 0:
        raise ValueError(f"step is {step} and warmup is {warmup}, need step >= 0 and warmup >= 1")
    return rate * min(1.0, (step + 1) / warmup)
