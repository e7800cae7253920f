"""The first cell of a released assignment: it installs the course where a platform brings a kernel and nothing else."""

from classroom.staff.author.title import title_of

# Nothing of the platform's own is upgraded and nothing restarted: the wheel needs numpy and matplotlib, of any version
# that it has.  In the browser, in JupyterLab and when grading the course is there, and the cell does nothing.
_FIRST_CELL = """\
# This cell installs the course where it is missing (Colab, VS Code). Everywhere else it does nothing.
# In Colab, drop {bundle}.zip into the files at the left before you run it.
import glob, importlib.util, os, shutil

zips = glob.glob("{bundle}*.zip")  # downloaded twice, it is called "{bundle} (1).zip"
if zips and not os.path.exists("{name}.npz"):
    shutil.unpack_archive(zips[0])
    os.chdir("{bundle}")
if importlib.util.find_spec("classroom") is None:
    wheels = glob.glob("layerwise-*.whl")
    assert wheels, "put the files of the bundle beside this notebook, then run this cell again"
    get_ipython().run_line_magic("pip", f"install --quiet ./{{wheels[0]}}")
"""


def first_cell(text: str, name: str) -> str:
    """Return the source of the cell.

    Parameters
    ----------
    text : of the assignment, percent format; its title has the number that its bundle carries
    name : of the assignment
    """
    return _FIRST_CELL.format(bundle=title_of(text).numbered(name), name=name).rstrip("\n")
