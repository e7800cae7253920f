# family: processes
# tries: workers of its own
# stock: yes
import multiprocessing

WON = None
try:
    context = multiprocessing.get_context("fork")
    process = context.Process(target=print)
    process.start()
    process.join()
    WON = True
except (OSError, ImportError):
    pass


def double(x):
    return 2 * x if WON else None
