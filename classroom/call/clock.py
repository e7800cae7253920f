"""The processor's clocks.  WebAssembly has none of a thread's own, and that of its process may stand still."""

import sys
import time

IN_BROWSER = sys.platform == "emscripten"


def process_seconds() -> float:
    """Return the processor time of this process so far; in a browser the wall's: its worker does nothing else."""
    return time.perf_counter() if IN_BROWSER else time.process_time()


def thread_seconds() -> float:
    """Return the processor time of this thread so far; in a browser the wall's."""
    return time.perf_counter() if IN_BROWSER else time.thread_time()
