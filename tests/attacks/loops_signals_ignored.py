# family: loops
# tries: a loop that ignores every signal and every exception
# stock: no, the batch waits for it
import signal

for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
# %%
def double(x):
    return None
