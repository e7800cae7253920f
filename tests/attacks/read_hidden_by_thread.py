# family: reading
# tries: to keep hidden inputs in files and threads until something is shown again
# stock: no, its hidden tests are shown to the student in any case
import sys
import threading
import time

SEEN = []


def tell():
    while True:
        if SEEN:
            sys.stdout.write(" ".join(SEEN))
            sys.stderr.write(" ".join(SEEN))
        time.sleep(0.001)


def double(x):
    text = " ".join(f"{number:.5f}" for number in np.ravel(x))
    SEEN.append(text)
    with open("/tmp/seen", "a") as file:
        file.write(text)
    return None


threading.Thread(target=tell, daemon=True).start()
# %% last
import os

time.sleep(0.05)
print(open("/tmp/seen").read() if os.path.exists("/tmp/seen") else "nothing yet", SEEN)
# %% cell answer-relu
def relu_forward(x):
    return np.where(x > 0, x, 0), x > 0


def relu_backward(grad_y, cache):
    print(SEEN)
    return np.where(cache, grad_y, 0)
