"""How the C library hands memory back to the operating system, and how a training run asks it to keep some."""

import numpy as np

KEPT = 2**25  # bytes


def keep_freed_memory() -> None:
    """Ask the C library of Linux to keep up to 64 MiB of freed memory instead of handing it back at once.

    Call it once before a long computation that makes and frees arrays of some MiB; `training.train` and the
    measurements in `bench/` do.  It changes no result, only who clears the pages, and calling it again is harmless.

    Notes
    -----
    glibc returns the free end of its memory when it is more than twice the largest array freed so far, and fetches it
    again page by page, each of them cleared: a fifth of the time of a training step.  The largest array that counts is
    one of just under 32 MiB, so one such array is made and freed, without ever being written: no page of it is fetched.
    Where the allocator works in another way, nothing happens.
    """
    almost = KEPT - 2**13
    np.empty(almost, np.uint8)
