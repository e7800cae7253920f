# family: writing
# tries: start-up files of IPython, Jupyter and the shell in the grader's home
# stock: no, it changes this machine
import os

WON = []
names = (".ipython/profile_default/startup/0.py", ".jupyter/jupyter_config.py", ".bashrc", ".config/attack")
for name in names:
    path = "@HOME@/" + name
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write("# attack\n")
        WON.append(path)
    except OSError:
        continue


def double(x):
    return 2 * x if WON else None
