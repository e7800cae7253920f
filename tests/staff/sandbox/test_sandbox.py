"""The sandbox: what a child can do, what it cannot, and where there is none."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from child import able
from without_namespaces import ELSEWHERE, unable, without_namespaces

from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import Capabilities, Zygote

pytestmark = pytest.mark.slow


def test_without_a_sandbox_grading_refuses_and_says_what_to_install(monkeypatch):
    monkeypatch.setattr(
        sandbox, "capabilities", lambda: Capabilities(None, False, True, 0, "bubblewrap is not installed: apt-get it")
    )
    with pytest.raises(SandboxError, match=r"nothing is graded.  bubblewrap is not installed.*classroom doctor"):
        Zygote()


INSIDE = """
import json, sys
from classroom.staff.sandbox.sandbox import Zygote, capabilities
from classroom.staff.sandbox.wire import WireError
zygote = Zygote()
said = [capabilities().mode]
with zygote.open(0) as child, open(f"/proc/{child.pid}/oom_score_adj") as score:
    child.ask({"do": "cell", "source": "", "outputs": False, "figures": False}, 20)
    said.append(score.read().strip())
for source in sys.argv[1:]:
    with zygote.open(0) as child:
        try:
            answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": False}, 20)
            said.append("".join(item["name"] + item["text"][:40] for item in answer["outputs"]))
        except WireError as error:
            said.append(type(error).__name__)
zygote.close()
print(json.dumps(said))
"""


@able
def test_where_namespaces_are_refused_landlock_and_seccomp_hold(tmp_path):
    trial = subprocess.run([*without_namespaces(), "/bin/true"], capture_output=True, check=False)
    if trial.returncode != 0 or not sandbox.confine.landlock_version() or shutil.which("bwrap") is None:
        pytest.skip("this machine cannot show a user without namespaces, or has no Landlock")
    sources = [
        "print(6 * 7)",
        "open('/tmp/a-file-of-the-room', 'w')",
        "import os; os.listdir('/tmp')",
        "open('/etc/passwd')",
        "import os; os.fork()",
        "import socket; socket.socket()",
        "import os; os.kill(os.getppid(), 9)",
        "import classroom.staff",
    ]
    ended = subprocess.run(
        [*without_namespaces(), sys.executable, "-c", INSIDE, *sources], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-500:]
    said = json.loads(ended.stdout)
    assert said[:2] == ["landlock", "1000"]  # of oom_score_adj: and when memory ends, student code goes first
    assert said[2].startswith("stdout42")
    assert [word.split("Traceback")[0] for word in said[3:]] == ["PermissionError"] * 6 + ["ModuleNotFoundError"]


HOGS = """
import json
from classroom.staff.sandbox.sandbox import Limits, Zygote
FILL = (
    "import os, threading, time\\nstarted = 0\\n"
    "try:\\n    for _ in range(40):\\n"
    "        threading.Thread(target=time.sleep, args=(9,), daemon=True).start(); started += 1\\n"
    "except RuntimeError:\\n    pass\\nprint(started, os.getuid())"
)
zygotes = [Zygote(), Zygote()]
children = [zygote.open(0) for zygote in zygotes for _ in range(2)]
said = []
for child in children:
    answer = child.ask({"do": "cell", "source": FILL, "outputs": True, "figures": False}, 20)
    said.append(answer["outputs"][0]["text"].split())
for child in children:
    child.kill()
for zygote in zygotes:
    zygote.close()
print(json.dumps(said))
"""


@pytest.mark.parametrize("place", [place for place in ELSEWHERE if place != "Landlock, ordinary user"])
def test_no_room_takes_the_threads_of_another(place):
    """Limits on processes are those of a user: each room is one, or has a namespace of users to itself.

    An ordinary user without namespaces can give it neither: there no room starts a thread (docs/security.md).
    """
    if reason := unable(place):
        pytest.skip(reason)
    command = [*ELSEWHERE[place][1](), sys.executable, "-c", HOGS]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-500:]
    said = json.loads(ended.stdout)
    assert [started for started, _ in said] == ["1"] * 4
    assert "root" not in place or len({uid for _, uid in said} - {"0"}) == 4


@able
@pytest.mark.parametrize("place", [place for place in ELSEWHERE if ELSEWHERE[place][0] == "landlock"])
def test_where_files_have_names_those_that_may_be_opened_can_be_looked_at(place):
    """By student code, and by Python's own import; of others there is nothing to be had but whether they exist."""
    if reason := unable(place):
        pytest.skip(reason)
    sources = [
        "import os, json; print(os.path.getsize(json.__file__) > 0, os.path.isdir(os.path.dirname(json.__file__)))",
        "import os; print(os.path.exists('/nowhere'), os.access(os.__file__, os.R_OK), os.access(os.__file__, 2))",
        "import wave, xml.dom.minidom, email.mime.text; print('imported')",
        "import json, os; print(sorted(os.listdir('.')), len(list(os.scandir(os.path.dirname(json.__file__)))) > 4)",
        "import os; os.stat('/etc/passwd')",
        "import pathlib; print(pathlib.Path('/etc/passwd').exists())",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.gcf().canvas.draw(); print('drawn')",
        "import numpy as np; np.load('/etc/passwd')",
    ]
    command = [*ELSEWHERE[place][1](), sys.executable, "-c", INSIDE, *sources]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-500:]
    said = json.loads(ended.stdout)
    told = ["True True", "False True False", "imported", "[] True"]
    assert [text.removeprefix("stdout").strip() for text in said[2:6]] == told
    assert said[6].startswith("PermissionError") and said[7].startswith("PermissionError")
    assert said[8].removeprefix("stdout").startswith("drawn") and said[9].startswith("PermissionError")


@pytest.mark.skipif(
    sandbox.capabilities().mode != "namespaces", reason="without namespaces the disk keeps when a file was last read"
)
def test_a_room_that_reads_a_file_leaves_no_sign_of_it(tmp_path):
    """Not even the time at which it was read, by which one submission could tell the next something."""
    file = tmp_path / "given.txt"
    file.write_text("given")
    os.utime(file, (1e9, 1.5e9))  # a disk that keeps such times writes down the next reading of this one
    zygote = sandbox.Zygote(files={"given.txt": str(file)})
    source = "import os\nfile = os.open('given.txt', os.O_RDONLY)\nprint(os.read(file, 5), os.fstat(file).st_atime)"
    with zygote.open(0) as child:
        answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": False}, 20.0)
    zygote.close()
    assert [one["text"] for one in answer["outputs"]] == ["b'given' 1000000000.0\n"]
    assert file.stat().st_atime == 1e9


def test_a_python_that_only_its_owner_can_reach_is_found(tmp_path):
    inner = tmp_path / "home" / "python"
    inner.mkdir(parents=True)
    (inner / "bin").touch()
    ways = [folder for folder in tmp_path.parents if not folder.stat().st_mode & 0o001]
    for folder in (tmp_path, tmp_path / "home", inner):
        folder.chmod(0o755)
    assert sandbox.closed_folder([str(inner / "bin")]) == (str(min(ways)) if ways else "")
    (tmp_path / "home").chmod(0o700)
    assert sandbox.closed_folder([str(inner / "bin")]) == str(min([*ways, tmp_path / "home"]))
    (tmp_path / "home").chmod(0o755)


@pytest.mark.parametrize("first", range(3))
def test_the_search_for_a_free_uid_begins_anywhere_and_goes_round(monkeypatch, first):
    """Two containers on one host begin with the same process ids."""
    uids = [3 * os.getpid() + 100_000 + place for place in range(3)]  # of this test alone
    monkeypatch.setattr(sandbox, "ROOM_UIDS", uids)
    monkeypatch.setattr(sandbox.secrets, "randbelow", {3: first}.get)
    claims = [sandbox.Claim() for _ in range(3)]
    for claim in claims:
        claim.free()
    assert [claim.uid for claim in claims] == [*uids[first:], *uids[:first]]


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives student code a user of its own")
def test_root_without_namespaces_is_told_where_python_cannot_be_reached(monkeypatch):
    monkeypatch.setattr(sandbox, "capabilities", lambda: Capabilities(None, False, True, 3))
    monkeypatch.setattr(sandbox, "closed_folder", lambda paths: "/root")
    with pytest.raises(SandboxError, match="Python lies behind /root, which only its owner may enter"):
        Zygote()
