"""The sandbox: where a submission's code runs.  One zygote per worker, one child per submission."""

import contextlib
import dataclasses
import functools
import json
import math
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classroom.staff.sandbox import confine, wire
from classroom.staff.sandbox.inventory import SandboxError, course_files, package_files, python_executable, system_files

# An uid that no account has, for a grader that was started as root.
NOBODY = 64_999
STAFF_FILES = ("confine.py", "interpreter.py", "wire.py", "zygote.py")
START_SECONDS = 60.0
# All that student code finds in its environment.
ENVIRONMENT = {
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp",
    "IPYTHONDIR": "/tmp",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 120
    threads: int = 8  # each is a share of the processor that the next submission does not get
    file_bytes: int = 16 << 20
    open_files: int = 128
    scratch_bytes: int = 32 << 20
    scratch_files: int = 2048

    def as_resources(self) -> dict[str, int]:
        """Return the limits under the names of the resource module."""
        return {
            "AS": self.memory_bytes,
            "CPU": self.cpu_seconds,
            "NPROC": self.threads,
            "FSIZE": self.file_bytes,
            "NOFILE": self.open_files,
            "CORE": 0,
            "MEMLOCK": 0,
            "MSGQUEUE": 0,
        }


@dataclasses.dataclass
class Capabilities:
    """What this machine offers for confining student code."""

    bubblewrap: str | None
    namespaces: bool
    seccomp: bool
    landlock: int
    reason: str = ""

    @property
    def mode(self) -> str:
        """ "namespaces", "landlock" (the fallback) or "none"."""
        if not self.seccomp:
            return "none"
        return "namespaces" if self.namespaces else "landlock" if self.landlock else "none"


@functools.cache
def capabilities() -> Capabilities:
    """Find out what this machine offers; the answer is cached."""
    bubblewrap = shutil.which("bwrap")
    reason = "" if bubblewrap else "bubblewrap is not installed: sudo apt-get install bubblewrap"
    namespaces = False
    if bubblewrap:
        probe = [bubblewrap, *_unshare_flags(), "--ro-bind", "/", "/", "--proc", "/proc", "--", "/bin/true"]
        trial = subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False)
        namespaces = trial.returncode == 0
        reason = "" if namespaces else f"bubblewrap may not make namespaces here: {trial.stderr.strip()[:200]}"
    try:
        seccomp = bool(_seccomp_program())
    except (ImportError, OSError, RuntimeError) as error:
        seccomp = False
        reason = f"seccomp filters cannot be compiled ({error}): pip install pyseccomp, and apt-get install libseccomp2"
    return Capabilities(bubblewrap, namespaces, seccomp, confine.landlock_version(), reason)


def require_sandbox() -> str:
    """Return the mode of this machine's sandbox.

    Raises
    ------
    SandboxError
        If there is none.
    """
    found = capabilities()
    if found.mode == "none":
        raise SandboxError(
            f"student code cannot be locked in on this machine, so nothing is graded.  {found.reason}.  "
            "`classroom doctor` says more; --no-sandbox is for notebooks that staff wrote"
        )
    return found.mode


@functools.cache
def _seccomp_program() -> bytes:
    return confine.seccomp_program()


def _unshare_flags() -> list[str]:
    flags = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"]
    if os.getuid() == 0:
        # The zygote changes its uid first of all; a user namespace would map that uid to root again.
        return [*flags, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", *flags]


def closed_folder(paths: Sequence[str]) -> str:
    """Return the first folder on the way to these paths that other users may not enter; empty if there is none."""
    folders = sorted({folder for path in paths for folder in Path(path).parents})
    return next((str(folder) for folder in folders if not folder.stat().st_mode & stat.S_IXOTH), "")


class Zygote:
    """A process that has imported what submissions need and forks a confined child for each."""

    def __init__(
        self,
        warm: Sequence[str] = (),
        limits: Limits | None = None,
        files: Mapping[str, str] | None = None,
        prelude: Sequence[str] = (),
        *,
        figures: bool = False,
        protected: bool = True,
    ) -> None:
        """Start the process.

        Parameters
        ----------
        warm : modules to import for all children
        limits : what each child may use
        files : what lies in the working folder of student code: name to path
        prelude : cells of staff to run for all children; `prelude` counts those that were
        figures : get ready to draw
        protected : False locks nothing in
        """
        self.limits = limits or Limits()
        self.mode = require_sandbox() if protected else "none"
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            self._process = self._start(far.fileno(), list(warm), dict(files or {}), list(prelude), figures)
        self._control.settimeout(START_SECONDS)
        try:
            self._control.send(_seccomp_program() if protected else b"nothing")
            self.prelude = int(self._answer()[0]["prelude"])
        except (OSError, SandboxError) as error:
            self.close()
            told = self._process.stderr.read().decode(errors="replace").strip() if self._process.stderr else ""
            raise SandboxError(f"the sandbox did not start: {error}.  {told[-400:]}") from None

    def _start(
        self, descriptor: int, warm: list[str], files: dict[str, str], prelude: list[str], figures: bool
    ) -> subprocess.Popen[bytes]:
        settings = {
            "prelude": prelude,
            "figures": figures,
            "protected": self.mode != "none",
            "uid": NOBODY,
            "warm": warm,
            "namespaces": self.mode == "namespaces",
            "landlock": self.mode != "none" and confine.landlock_version() > 0,
            "scratch_bytes": self.limits.scratch_bytes,
            "scratch_files": self.limits.scratch_files,
        }
        command, places = self._bubblewrap(files) if self.mode == "namespaces" else self._in_the_open(files)
        python = [python_executable(), "-I", "-S", "-B", f"{places['path'][0]}/zygote.py"]
        return subprocess.Popen(
            [*command, *python, str(descriptor), json.dumps(settings | places)],
            pass_fds=(descriptor,),
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
        )

    def _in_the_open(self, files: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
        """Return the command for a zygote without namespaces, and the paths that Landlock leaves open."""
        bound, hidden = system_files()
        protected_as_root = self.mode != "none" and os.getuid() == 0
        if protected_as_root and (closed := closed_folder([python_executable(), *package_files().values()])):
            raise SandboxError(
                f"Python lies behind {closed}, which only its owner may enter, and without namespaces student code "
                "runs as a user of its own: install Python and the course where all can read them, in /opt for example"
            )
        # Landlock opens what it is told and cannot close a part of it: name the entries beside what is hidden.
        opened = {os.path.dirname(path) for path in hidden}
        bound = [path for path in bound if path not in opened]
        bound += [entry.path for path in opened for entry in os.scandir(path) if entry.path not in hidden]
        folder = self._lay_out_fallback(files)
        readable = [*bound, *package_files().values(), *course_files().values(), *files.values(), str(folder)]
        return [], {
            "path": [str(folder / "room"), str(folder / "packages")],
            "course": str(folder / "course"),
            "readable": [*readable, "/dev/null", "/dev/urandom"],
            "writable": [],
        }

    @staticmethod
    def _bubblewrap(files: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
        """Return the command for a zygote that sees only these files and can write only to /tmp."""
        bound, hidden = system_files()
        command = [str(capabilities().bubblewrap), *_unshare_flags(), "--new-session", "--clearenv"]
        for name, value in ENVIRONMENT.items():
            command += ["--setenv", name, value]
        here = Path(__file__).resolve()
        binds = {path: path for path in bound}
        binds |= {f"/opt/packages/{name}": path for name, path in (package_files() | course_files()).items()}
        binds |= {f"/opt/room/{name}": str(here.with_name(name)) for name in STAFF_FILES}
        binds |= {f"/opt/course/{name}": path for name, path in files.items()}
        # Folders on the way are made open to the uid that the zygote changes to.
        for folder in sorted({str(parent) for place in binds for parent in Path(place).parents} - {"/"}):
            command += ["--perms", "0755", "--dir", folder]
        for place, path in binds.items():
            command += ["--ro-bind", path, place]
        for path in ("/lib", "/lib64", "/usr/lib64"):
            if os.path.islink(path):
                command += ["--symlink", os.readlink(path), path]
        for path in hidden:
            command += ["--tmpfs", path, "--remount-ro", path]
        command += ["--proc", "/proc", "--tmpfs", "/dev"]
        for name in ("null", "zero", "random", "urandom"):
            command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
        command += ["--remount-ro", "/dev", "--tmpfs", "/tmp", "--chmod", "1777", "/tmp"]
        places = {
            "path": ["/opt/room", "/opt/packages"],
            "course": "/opt/course",
            "readable": ["/"],
            "writable": ["/tmp"],
        }
        return [*command, "--remount-ro", "/", "--chdir", "/", "--"], places

    def _lay_out_fallback(self, files: Mapping[str, str]) -> Path:
        """Make a folder of links, in place of binds: Landlock closes what is not linked."""
        self._folder = tempfile.TemporaryDirectory(prefix="classroom-")
        root = Path(self._folder.name)
        root.chmod(0o755)
        (root / "course").mkdir()
        here = Path(__file__).resolve()
        links = {f"packages/{name}": path for name, path in (package_files() | course_files()).items()}
        links |= {f"course/{name}": path for name, path in files.items()}
        for name in STAFF_FILES:  # copies: a link would let student code learn where the staff's files are
            (root / "room").mkdir(exist_ok=True)
            shutil.copyfile(here.with_name(name), root / "room" / name)
        for name, path in links.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)
        return root

    def open(self, seed: int) -> "Child":
        """Fork a child for one submission."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with far:
            request = {"do": "open", "seed": seed, "limits": self.limits.as_resources()}
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [far.fileno()])
                answer, descriptors = self._answer()
            except OSError as error:
                near.close()
                raise SandboxError(f"the sandbox broke: {error}") from None
        return Child(self, near, answer["pid"], descriptors[0])

    def bury(self, pid: int) -> int:
        """Wait for the end of a killed child; return its exit status, negative for a signal."""
        try:
            self._control.send(json.dumps({"do": "bury", "pid": pid}).encode())
            return int(self._answer()[0]["status"])
        except OSError as error:
            raise SandboxError(f"the sandbox broke: {error}") from None

    def cpu_seconds(self) -> float:
        """Return the processor time of the zygote and of all children that have ended."""
        self._control.send(json.dumps({"do": "usage"}).encode())
        return float(self._answer()[0]["cpu_seconds"])

    def _answer(self) -> tuple[dict[str, Any], list[int]]:
        data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        if not data:
            raise SandboxError("the zygote ended")
        answer = json.loads(data)
        if "error" in answer:
            raise SandboxError(answer["error"])
        return answer, descriptors

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the zygote and all children with it."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()


def _clock_of(handle: int) -> int:
    """Return the clock of a process's processor time, computed from its id as clock_getcpuclockid(3) does."""
    told = Path(f"/proc/self/fdinfo/{handle}").read_text()
    pid = int(told.split("\nPid:")[1].split()[0])  # as seen from here, not from inside
    return (~pid << 3) | 2 if pid > 0 else time.CLOCK_MONOTONIC  # 0 where it cannot be seen: the wall has to do


class Child:
    """One confined process and the wire to it."""

    def __init__(self, zygote: Zygote, channel: socket.socket, pid: int, handle: int) -> None:
        self._zygote = zygote
        self._channel = channel
        self._pid = pid
        self._handle = handle
        self._clock = _clock_of(handle)
        self.status: int | None = None

    def ask(self, request: Mapping[str, Any], seconds: float, cpu_seconds: float = math.inf) -> Any:
        """Send a request and return the answer, which is hostile.

        Parameters
        ----------
        request : what to do
        seconds, cpu_seconds : how long the answer may take on the wall, and of the child's processor time

        Raises
        ------
        classroom.staff.sandbox.wire.WireError
            If there is no well-formed answer in time.  The child is to be killed then.
        """
        deadline = wire.Deadline(seconds, cpu_seconds, self.cpu_seconds)
        wire.send(self._channel, dict(request), deadline)
        return wire.receive(self._channel, deadline)

    def cpu_seconds(self) -> float:
        """Return the processor time of the child so far, all its threads together, as the kernel counts it."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0  # it has ended, and its next answer says so

    def kill(self) -> int:
        """Kill the child with all that it started; return its exit status."""
        if self.status is None:
            self._channel.close()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self.status = self._zygote.bury(self._pid)
        return self.status

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
