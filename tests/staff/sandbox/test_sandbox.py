"""The sandbox: what a child can do, what it cannot, and where there is none."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest
from without_namespaces import without_namespaces

from classroom.staff.sandbox import sandbox, wire
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import Capabilities, Limits, Zygote

pytestmark = pytest.mark.slow

able = pytest.mark.skipif(
    sandbox.capabilities().mode != "namespaces", reason="bubblewrap may not make namespaces on this machine"
)


@pytest.fixture(scope="module")
def zygote():
    opened = Zygote(limits=Limits(memory_bytes=1 << 30))
    yield opened
    opened.close()


def run(child, source, seconds=20.0):
    """Run a cell and return what it printed, or the name of its error."""
    request = {"do": "cell", "source": textwrap.dedent(source), "outputs": True, "figures": False}
    answer = child.ask(request, seconds)
    errors = [item["name"] for item in answer["outputs"] if item["kind"] == "error"]
    return errors[0] if errors else "".join(item["text"] for item in answer["outputs"]).strip()


@able
def test_a_child_runs_cells_in_one_namespace(zygote):
    with zygote.open(0) as child:
        assert run(child, "def f(x):\n    return x + 1") == ""
        assert run(child, "print(f(2))") == "3"
        assert run(child, "f(3)") == "4"


@able
def test_processor_time_is_counted_from_outside_and_sleep_is_not(zygote):
    with zygote.open(0) as child:
        run(child, "import time\ntime.sleep(0.3)\ntime.process_time = lambda: 0.0")
        slept = child.cpu_seconds()
        run(child, "sum(range(30_000_000))")
        assert slept < child.cpu_seconds() - slept
        with pytest.raises(wire.Late, match="of computing"):
            child.ask({"do": "cell", "source": "while True: pass", "outputs": False, "figures": False}, 60.0, 0.5)


@able
def test_children_share_nothing(zygote):
    with zygote.open(0) as first:
        run(first, "here = 1\nopen('/tmp/note', 'w').write('x')\nimport numpy as np\nnp.pi = 3")
        with zygote.open(0) as second:
            assert run(second, "here") == "NameError"
            assert run(second, "import os; print(os.path.exists('/tmp/note'))") == "False"
            assert run(second, "import numpy as np; print(round(np.pi, 2))") == "3.14"


@able
@pytest.mark.parametrize(
    "source",
    [
        "import os; os.fork()",
        "import os; os.execv('/proc/self/exe', ['x'])",
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import os; os.kill(1, 9)",
        "import os; os.setuid(0)",
        "open('/opt/packages/numpy/__init__.py', 'a')",
        "open('/opt/room/wire.py', 'a')",
        "open('/dev/shm/x', 'w')",
        "open('/proc/x', 'w')",
        "open('/x', 'w')",
        "import os; os.memfd_create('x')",
        "import os; os.mknod('/tmp/device', 0o60600, 0)",
        "import ctypes; ctypes.CDLL(None).mount; import os; os.listdir('/home')",
        "open('/etc/passwd')",
        "open('/proc/1/environ')",
        "import os; os.chroot('/tmp')",
        "import os; os.setpriority(os.PRIO_PROCESS, 0, -5)",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    ],
)
def test_what_a_child_may_not_do_fails(zygote, source):
    with zygote.open(0) as child:
        refused = (
            "PermissionError",
            "OSError",
            "FileNotFoundError",
            "NotADirectoryError",
            "ValueError",
            "BlockingIOError",
        )
        assert run(child, source) in refused
        assert run(child, "print('still here')") == "still here"


@able
@pytest.mark.parametrize("name", ["torch", "scipy", "sklearn", "solutions", "classroom.staff", "nbgrader", "pyseccomp"])
def test_what_is_not_on_the_list_cannot_be_imported(zygote, name):
    with zygote.open(0) as child:
        assert run(child, f"import {name}") == "ModuleNotFoundError"


@able
def test_a_child_is_nobody_with_no_powers_and_an_empty_environment(zygote):
    with zygote.open(0) as child:
        source = """
        import ctypes, os
        print(os.getuid() != 0, os.getpid(), sorted(os.listdir('/tmp')), os.listdir('/proc'))
        print([name for name in os.environ if name not in ('HOME', 'TMPDIR', 'LANG', 'PWD')])
        """
        first, second = run(child, source).splitlines()
        assert first == "True 1 [] []"
        assert not any(word in second for word in ("PATH", "USER", "TOKEN", "SSH"))


@able
def test_the_data_set_of_the_course_is_there(zygote):
    with zygote.open(0) as child:
        assert run(child, "from classroom.data import load\nprint(load('digits').images.shape[0] > 1000)") == "True"


@able
def test_threads_are_allowed_and_counted(zygote):
    with zygote.open(0) as child:
        assert run(child, "import threading; t = threading.Thread(target=print, args=(7,)); t.start(); t.join()") == "7"
        source = """
        import threading, time
        started = []
        try:
            for _ in range(1000):
                t = threading.Thread(target=time.sleep, args=(1,), daemon=True); t.start(); started.append(t)
        except RuntimeError:
            print(len(started) < 10)
        """
        assert run(child, source) == "True"


@able
def test_memory_and_disk_end_at_their_limits(zygote):
    with zygote.open(0) as child:
        assert run(child, "x = bytearray(2 << 30)") == "MemoryError"
        source = """
        try:
            for number in range(10):
                with open(f'/tmp/{number}', 'wb') as file:
                    file.write(bytes(8 << 20))
        except OSError as error:
            print('full')
        """
        assert run(child, source) == "full"


@able
def test_a_child_that_hangs_is_late_and_can_be_killed(zygote):
    with zygote.open(0) as child:
        with pytest.raises(wire.Late):
            run(child, "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass", 0.5)
        assert child.kill() == -9
    with zygote.open(0) as child:
        assert run(child, "1 + 1") == "2"


@able
@pytest.mark.parametrize(
    ("source", "status"), [("import os; os._exit(3)", 3), ("import ctypes; ctypes.string_at(0)", -11)]
)
def test_the_end_of_a_child_is_told_apart(zygote, source, status):
    with zygote.open(0) as child:
        with pytest.raises(wire.WireError, match="gone"):
            run(child, source)
        assert child.kill() == status


@able
def test_the_seed_differs_between_submissions_and_not_between_runs(zygote):
    draws = []
    for seed in (1, 2, 1):
        with zygote.open(seed) as child:
            draws.append(run(child, "import numpy as np, random; print(np.random.rand(), random.random())"))
    assert draws[0] == draws[2] != draws[1]


@able
def test_killing_the_zygote_ends_its_children():
    zygote = Zygote()
    child = zygote.open(0)
    assert os.path.exists("/proc/self")
    zygote.close()
    with pytest.raises(wire.WireError):
        run(child, "1", 10)


@able
def test_a_figure_comes_as_pixels_or_not_at_all():
    zygote = Zygote(["matplotlib.pyplot"])
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    with zygote.open(0) as child:
        answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": True}, 30)
        assert [item["kind"] for item in answer["outputs"]] == ["picture"]
        assert answer["outputs"][0]["pixels"].shape[2] == 4
        assert run(child, source) == "[figure]"
    zygote.close()


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
with zygote.open(0) as child, open(f"/proc/{child._pid}/oom_score_adj") as score:
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
        "open('/tmp/x', 'w')",
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
    said = __import__("json").loads(ended.stdout)
    assert said[:2] == ["landlock", "1000"]  # and when memory ends, student code goes first
    assert said[2].startswith("stdout42")
    assert [word.split("Traceback")[0] for word in said[3:]] == ["PermissionError"] * 6 + ["ModuleNotFoundError"]


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


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives student code a user of its own")
def test_root_without_namespaces_is_told_where_python_cannot_be_reached(monkeypatch):
    monkeypatch.setattr(sandbox, "capabilities", lambda: Capabilities(None, False, True, 3))
    monkeypatch.setattr(sandbox, "closed_folder", lambda paths: "/root")
    with pytest.raises(SandboxError, match="Python lies behind /root, which only its owner may enter"):
        Zygote()
