"""The sandbox: where a submission's code runs.  One zygote per worker, one child per submission."""

import contextlib
import dataclasses
import functools
import json
import math
import os
import secrets
import select
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

import numpy as np

from classroom.staff.sandbox import confine, wire
from classroom.staff.sandbox.cpu_share import CpuShare, place_of_shares
from classroom.staff.sandbox.inventory import SandboxError, course_files, package_files, python_executable, system_files

# Uids that no account has, for a grader that was started as root: one of its zygotes, and one for each room.  They are
# below 65,536, which is all that a container without root's powers may have.
NOBODY = 64_999
ROOM_UIDS = range(63_999, 64_999)
STAFF_FILES = ("by_opening.py", "confine.py", "interpreter.py", "wire.py", "zygote.py")
START_SECONDS = 60.0
PARTING_SECONDS = 5.0  # for the end of a zygote that is not needed any more
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
    # Memory of arrays that come and go is kept for the next one, up to 16 MB, and not fetched page by page again.
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 20),
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one submission may use.

    memory_bytes : of all its rooms together, with the answers that the judge keeps
    answer_bytes : of the answers that the judge keeps of one exercise
    threads : of a room, its first one included: each is a share of the processor that others do not get
    """

    memory_bytes: int = 2 << 30
    answer_bytes: int = 32 << 20
    cpu_seconds: int = 600
    threads: int = 2
    file_bytes: int = 16 << 20
    open_files: int = 128
    scratch_bytes: int = 32 << 20
    scratch_files: int = 2048

    def as_resources(self, memory_bytes: int) -> dict[str, tuple[int, int]]:
        """Return the limits under the names of the resource module: what holds at first, and the most that may hold.

        Only that on memory is ever moved, and only from outside.
        """
        fixed = {
            "CPU": self.cpu_seconds,
            "NPROC": self.threads,
            "FSIZE": self.file_bytes,
            "NOFILE": self.open_files,
            "CORE": 0,
            "MEMLOCK": 0,
            "MSGQUEUE": 0,
        }
        return {name: (value, value) for name, value in fixed.items()} | {"AS": (memory_bytes, self.memory_bytes)}


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


def left_open(mode: str) -> list[str]:
    """Return what this machine's sandbox cannot keep from student code, a phrase each (docs/security.md says more)."""
    found = ["how busy the machine is"]
    if mode == "landlock":
        found += ["whether a path exists", "when a file of the libraries was last read, by this submission or another"]
        if confine.fstat_takes_names():
            found.append("the size and times of a file, by a call past Python (closed from version 2.39 of glibc on)")
        if os.getuid() != 0:
            found.append("no thread can be started, for the limit on processes is that of all that this user runs")
    if place_of_shares() is None:
        found.append("rooms with two threads get two shares of the processor, for no cgroup can be made here")
    return found


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
def _seccomp_program(*, names: bool = True) -> bytes:
    return confine.seccomp_program(names=names)


def _unshare_flags() -> list[str]:
    flags = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"]
    if os.getuid() == 0:
        # The zygote changes its uid first of all; a user namespace would map that uid to root again.
        kept = [word for name in confine.ZYGOTE_POWERS for word in ("--cap-add", name)]
        return [*flags, "--cap-drop", "ALL", *kept]
    return ["--unshare-user", *flags]


def closed_folder(paths: Sequence[str]) -> str:
    """Return the first of these paths that other users may not read, or the first folder on the way that they may not
    enter; empty if there is none."""
    folders = sorted({folder for path in paths for folder in Path(path).parents})
    closed = [str(folder) for folder in folders if not folder.stat().st_mode & stat.S_IXOTH]
    closed += [path for path in paths if os.path.exists(path) and not os.stat(path).st_mode & stat.S_IROTH]
    return closed[0] if closed else ""


class Zygote:
    """A process that has imported what submissions need and forks a confined child for each."""

    def __init__(
        self,
        warm: Sequence[str] = (),
        limits: Limits | None = None,
        files: Mapping[str, str] | None = None,
        prelude: Sequence[str] = (),
        known: Mapping[str, np.ndarray] | None = None,
        *,
        figures: bool = False,
        protected: bool = True,
        awaited: bool = True,
    ) -> None:
        """Start the process.

        Parameters
        ----------
        warm : modules to import for all children
        limits : what each child may use
        files : what lies in the working folder of student code: name to path
        prelude : cells of staff to run for all children; `prelude` counts those that were
        known : for each exercise, packed, the questions that children need not be told; see `question`
        figures : get ready to draw
        protected : False locks nothing in
        awaited : False returns while it still imports: it is there to be the origin of others, and opens no room
        """
        self.limits = limits or Limits()
        self.mode = require_sandbox() if protected else "none"
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._share = CpuShare(place_of_shares() if protected else None)
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            self._process = self._start(far.fileno(), list(warm), dict(files or {}), list(prelude), figures)
        self._control.settimeout(START_SECONDS)
        try:
            program = _seccomp_program(names=self.mode == "namespaces") if protected else b"nothing"
            with tempfile.TemporaryFile() as questions:
                questions.write(wire.pack(dict(known or {})).data)
                questions.seek(0)
                socket.send_fds(self._control, [program], [questions.fileno()])
            self.prelude = int(self._answer()[0]["prelude"]) if awaited else 0
        except (OSError, SandboxError) as error:
            self.close()
            told = self._process.stderr.read().decode(errors="replace").strip() if self._process.stderr else ""
            raise SandboxError(f"the sandbox did not start: {error}.  {told[-400:]}") from None

    @property
    def origin(self) -> "Origin":
        """What others of its kind are forked from."""
        return Origin(self._control, self.limits, self.mode)

    def _start(
        self, descriptor: int, warm: list[str], files: dict[str, str], prelude: list[str], figures: bool
    ) -> subprocess.Popen[bytes]:
        settings = {
            "prelude": prelude,
            "figures": figures,
            "protected": self.mode != "none",
            "uid": NOBODY,
            "powers": list(confine.ZYGOTE_POWERS.values()),
            "warm": warm,
            "namespaces": self.mode == "namespaces",
            "landlock": self.mode != "none" and confine.landlock_version() > 0,
            "scratch_bytes": self.limits.scratch_bytes,
            "scratch_files": self.limits.scratch_files,
        }
        command, places = self._bubblewrap(files) if self.mode == "namespaces" else self._in_the_open(files)
        python = [python_executable(), "-I", "-S", "-B", f"{places['path'][0]}/zygote.py"]
        return subprocess.Popen(
            [*self._share.prefix, *command, *python, str(descriptor), json.dumps(settings | places)],
            pass_fds=(descriptor,),
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for whoever has started it, and ends it then
        )

    def _in_the_open(self, files: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
        """Return the command for a zygote without namespaces, and the paths that Landlock leaves open."""
        bound, hidden = system_files()
        protected_as_root = self.mode != "none" and os.getuid() == 0
        needed = {"Python": [python_executable(), *package_files().values()], "The course": course_files().values()}
        for what, paths in needed.items() if protected_as_root else ():
            if closed := closed_folder(list(paths)):
                raise SandboxError(
                    f"{what} lies behind {closed}, which only its owner may enter, and without namespaces student code "
                    "runs as a user of its own: install Python and the course where all can read them, in /opt for "
                    "example"
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

    def open(self, seed: int, memory_bytes: int | None = None) -> "Child":
        """Fork a child for one submission, with so much memory: by default all that a submission may have."""
        memory = self.limits.memory_bytes if memory_bytes is None else min(memory_bytes, self.limits.memory_bytes)
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        claim = Claim() if self.mode != "none" and os.getuid() == 0 else None
        with far:
            request = {
                "do": "open",
                "seed": seed,
                "limits": self.limits.as_resources(memory),
                "uid": None if claim is None else claim.uid,
            }
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [far.fileno()])
                answer, descriptors = self._answer()
            except OSError as error:
                near.close()
                raise SandboxError(f"the sandbox broke: {error}") from None
        return Child(self, near, answer["pid"], descriptors[0], memory, claim)

    def bury(self, pid: int) -> tuple[int, float]:
        """Wait for the end of a killed child; return its exit status, negative for a signal, and processor time."""
        try:
            self._control.send(json.dumps({"do": "bury", "pid": pid}).encode())
            answer = self._answer()[0]
            return int(answer["status"]), float(answer["cpu_seconds"])
        except OSError as error:
            raise SandboxError(f"the sandbox broke: {error}") from None

    def limit_memory(self, pid: int, uid: int | None, memory_bytes: int) -> None:
        """Let a child have so much memory from now on."""
        request = {"do": "limit", "pid": pid, "uid": uid, "limits": [memory_bytes, self.limits.memory_bytes]}
        try:
            self._control.send(json.dumps(request).encode())
            self._answer()
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
        if self._process.poll() is None:
            handle = os.pidfd_open(self._process.pid)
            if not _has_ended(handle, PARTING_SECONDS):
                self._process.kill()
            os.close(handle)
            self._process.wait()
        self._share.close()
        if self._folder is not None:
            self._folder.cleanup()


@dataclasses.dataclass(frozen=True)
class Origin:
    """A zygote from which others are forked, as processes know it that have not started it.

    It answers nobody itself: each fork has a channel of its own.
    """

    control: socket.socket
    limits: Limits
    mode: str


class ForkedZygote(Zygote):
    """A zygote that is forked from another one, and need not import what that has imported."""

    def __init__(self, origin: Origin) -> None:
        """Fork it, as soon as the origin has started.

        Raises
        ------
        SandboxError
            If that has ended, or did not start.
        """
        self.limits, self.mode = origin.limits, origin.mode
        self._folder = None
        self._share = CpuShare(place_of_shares() if self.mode != "none" else None)
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        self._handle = -1
        try:
            with far:
                socket.send_fds(origin.control, [b'{"do": "fork"}'], [far.fileno()])
            answer, (self._handle,) = self._answer()
        except (OSError, SandboxError) as error:
            self.close()
            raise SandboxError(f"the sandbox did not start: {error}") from None
        self.prelude = int(answer["prelude"])
        self._share.take(_pid_of(self._handle))

    @property
    def alive(self) -> bool:
        return not _has_ended(self._handle, 0)

    def close(self) -> None:
        """End the zygote and all children with it."""
        self._control.close()
        if self._handle >= 0:
            if not _has_ended(self._handle, PARTING_SECONDS):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
                _has_ended(self._handle, PARTING_SECONDS)
            os.close(self._handle)
            self._handle = -1
        self._share.close()


def _has_ended(handle: int, seconds: float) -> bool:
    """Wait so long for the end of a process, and tell whether it has come."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


class Claim:
    """An uid that no other room of this machine has, so that limits on a user's processes are those of one room."""

    def __init__(self) -> None:
        """Take the first that is free: a name in the kernel stands for it, and goes when this process does.

        The search begins anywhere: containers on one host see neither each other's names nor their process ids.
        """
        count = len(ROOM_UIDS)
        first = secrets.randbelow(count)
        for turn in range(count):
            self.uid = ROOM_UIDS[(first + turn) % count]
            self._name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                self._name.bind(f"\0classroom-room-{self.uid}")
            except OSError:
                self._name.close()
            else:
                return
        raise SandboxError(f"{count} rooms are open on this machine: grade with fewer workers")

    def free(self) -> None:
        """Let others have it."""
        self._name.close()


def _pid_of(handle: int) -> int:
    """Return a process's id as seen from here, not from inside; 0 where it cannot be seen."""
    told = Path(f"/proc/self/fdinfo/{handle}").read_text()
    return max(0, int(told.split("\nPid:")[1].split()[0]))


class Child:
    """One confined process and the wire to it."""

    def __init__(
        self, zygote: Zygote, channel: socket.socket, pid: int, handle: int, memory: int, claim: Claim | None = None
    ) -> None:
        self._zygote = zygote
        self._channel = channel
        self._inner_pid = pid
        self._handle = handle
        self._claim = claim
        self.pid = _pid_of(handle)
        # The clock of a process's processor time is computed from its id as clock_getcpuclockid(3) does.
        self._clock = (~self.pid << 3) | 2 if self.pid else time.CLOCK_MONOTONIC  # without an id the wall has to do
        self._number = 0  # of the last question
        self._spent = 0.0
        self._asleep = 0.0
        self._looked = 0.0
        self._shared_bytes = self._resident()
        self._memory_bytes = memory
        self.status: int | None = None

    def ask(
        self, request: Mapping[str, Any], seconds: float, wall: float = math.inf, most: int = wire.BODY_BYTES
    ) -> Any:
        """Send a request and return the answer, which is hostile.

        Parameters
        ----------
        request : what to do
        seconds : how long the answer may take, of the child's own time: see `used`
        wall : after how many seconds nobody waits any longer
        most : bytes that the arrays of the answer may have

        Raises
        ------
        classroom.staff.sandbox.wire.WireError
            If there is no well-formed answer in time.  The child is to be killed then.
        classroom.staff.sandbox.wire.Overdue
            If nobody waits any longer.
        """
        self._looked = time.monotonic()
        deadline = wire.Deadline(wall, seconds, self)
        self._number += 1
        wire.send(self._channel, {**request, "number": self._number}, deadline)
        answer = wire.receive(self._channel, deadline, most=most)
        # Whoever sends two answers to one question would otherwise be one ahead for good.
        if not isinstance(answer, dict) or answer.pop("number", None) != self._number:
            raise wire.WireError("the sandbox answered something that was not asked")
        return answer

    def cpu_seconds(self) -> float:
        """Return the processor time of the child so far, all its threads together, as the kernel counts it."""
        with contextlib.suppress(OSError):  # it has ended, and its next answer says so
            self._spent = max(self._spent, time.clock_gettime(self._clock))
        return self._spent

    def used(self) -> float:
        """Return the child's own time so far: what it has computed, and what it has slept while an answer was due."""
        return self.cpu_seconds() + self._asleep

    def look(self) -> None:
        """Look whether all of its threads sleep, and count the time since the last look if they do.

        A thread that waits for a busy processor does not sleep, so that a neighbour's load is no time of the child's.
        """
        now = time.monotonic()
        if now - self._looked < wire.LOOK_EVERY / 2:
            return
        if not self._is_awake():
            self._asleep += min(now - self._looked, 2 * wire.LOOK_EVERY)
        self._looked = now

    def _is_awake(self) -> bool:
        """Whether a thread computes or would compute (R), or waits for memory or a disk (D); True if nobody knows."""
        try:
            states = [
                Path(task.path, "stat").read_text().rpartition(")")[2].split()[0]
                for task in os.scandir(f"/proc/{self.pid}/task")
            ]
        except OSError:
            return True
        return not states or any(state in "RD" for state in states)

    def held_bytes(self) -> int:
        """Return how much memory of its own it holds, files and what it has from the zygote not counted."""
        return max(0, self._resident() - self._shared_bytes)

    def _resident(self) -> int:
        """Return how much of its memory is no file's: what it wrote, and what it mapped to be shared with nobody."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))

    def limit_memory(self, memory_bytes: int) -> None:
        """Let it have so much memory from now on, never more than at first."""
        most = self._zygote.limits.memory_bytes
        if abs(memory_bytes - self._memory_bytes) >= most >> 10:
            self._memory_bytes = memory_bytes
            self._zygote.limit_memory(
                self._inner_pid, None if self._claim is None else self._claim.uid, min(memory_bytes, most)
            )

    def pause(self) -> None:
        """Let none of its threads run until it is asked again."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it run again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> int:
        """Kill the child with all that it started; return its exit status."""
        if self.status is None:
            self._channel.close()
            self._signal(signal.SIGKILL)
            os.close(self._handle)
            self.status, spent = self._zygote.bury(self._inner_pid)
            self._spent = max(self._spent, spent)
            if self._claim is not None:
                self._claim.free()
        return self.status

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
