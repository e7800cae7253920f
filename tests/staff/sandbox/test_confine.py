"""What a child gives up: processes, sockets, files, powers, and more memory than it was given."""

from pathlib import Path

import pytest
from child import able, run

pytestmark = pytest.mark.slow


@able
def test_memory_can_be_taken_back_from_outside_and_not_from_inside(zygote):
    with zygote.open(0) as child:
        assert run(child, "x = bytearray(200 << 20); print(len(x) >> 20)") == "200"
        assert 150 << 20 < child.held_bytes() < 300 << 20
        child.limit_memory(_mapped_bytes(child) + (64 << 20))  # enough for an import, far too little for y
        assert run(child, "y = bytearray(300 << 20)") == "MemoryError"
        raised = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))"
        assert run(child, raised) in ("PermissionError", "ValueError")
        child.limit_memory(1 << 30)
        assert run(child, "y = bytearray(300 << 20); print('y')") == "y"


def _mapped_bytes(child):
    """Return what its limit counts: all that it has mapped, not only what it wrote to."""
    [size] = [one for one in Path(f"/proc/{child.pid}/status").read_text().splitlines() if one.startswith("VmSize:")]
    return 1024 * int(size.split()[1])


@able
def test_a_child_begins_with_the_memory_that_it_is_handed(zygote):
    asked = "import resource\nprint(*resource.getrlimit(resource.RLIMIT_AS))"
    with zygote.open(0, 1 << 29) as child:
        assert run(child, asked) == f"{1 << 29} {zygote.limits.memory_bytes}"
        assert run(child, "x = bytearray(600 << 20)") == "MemoryError"
    with zygote.open(0, 1 << 40) as child:
        assert run(child, asked) == f"{zygote.limits.memory_bytes} {zygote.limits.memory_bytes}"


FORBIDDEN = [
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
]
REFUSED = "PermissionError OSError FileNotFoundError NotADirectoryError ValueError BlockingIOError"


@able
@pytest.mark.parametrize("source", FORBIDDEN)
def test_what_a_child_may_not_do_fails(zygote, source):
    with zygote.open(0) as child:
        assert run(child, source) in REFUSED.split()
        assert run(child, "print('still here')") == "still here"


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
            print(len(started))
        """
        assert run(child, source) == "1"


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
