# family: exits
# tries: code that runs when the process ends, and takes the grader's time
# stock: yes
import atexit


def late():
    with open("@CANARY@.atexit", "w") as file:
        file.write("attack")


atexit.register(late)


def double(x):
    return None
