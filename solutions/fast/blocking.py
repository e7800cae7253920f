"""Cache blocking: a batch is worked through in blocks that stay in the processor's cache.

What is made of a block is still in the cache when it is used.
"""


def blocks_of(length: int, bytes_each: int, cache_bytes: int = 2**19) -> list[slice]:
    """Slices of `length` things, as many at a time as fill the cache and at least one."""
    step = max(1, cache_bytes // max(1, bytes_each))
    return [slice(first, first + step) for first in range(0, length, step)]
