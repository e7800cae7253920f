# family: replay
# tries: one array that is changed after it was handed over
# stock: yes
import threading

SHARED = np.array([2.0, -4.0, 8.0])


def double(x):
    threading.Timer(0.001, lambda: SHARED.fill(0)).start()
    return SHARED
