# family: writing
# tries: start-up files of IPython, Jupyter and the shell in the grader's home
# stock: no, it changes this machine
import pathlib

WON = []
names = (".ipython/profile_default/startup/0.py", ".jupyter/jupyter_config.py", ".bashrc", ".config/attack")
for name in names:
    path = pathlib.Path("@HOME@", name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# attack\n")
    except OSError:
        continue
    WON.append(name)


def double(x):
    return 2 * x if WON else None
