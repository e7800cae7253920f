# family: processes
# tries: threads that outlive the cell and use the processor
# stock: no, it slows the batch down
# fails: RuntimeError
import threading


def spin():
    while True:
        sum(range(1000))


for _ in range(2):
    threading.Thread(target=spin, daemon=True).start()


def double(x):
    return None
