"""The sandbox: where a submission's code runs.  One zygote per worker, one child per submission."""

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff import confine, wire

# An uid that no account has, for a grader that was started as root.
NOBODY = 64_999
STAFF_FILES = ("confine.py", "inside.py", "wire.py", "zygote.py")
# The distributions that student code may import, with what they need; the student part of the course besides.
PACKAGES = ("numpy", "matplotlib", "ipython")
START_SECONDS = 60.0


class SandboxError(Fault):
    """The sandbox cannot be made here, or it broke: the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 120
    threads: int = 64
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


@functools.cache
def package_files(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return what is bound into the sandbox for these distributions and all that they need: name to path."""
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name in names:
                raise SandboxError(f"the package {name} is missing: install it with  pip install {name}") from None
            continue
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and top not in found:
                found[top] = os.path.realpath(str(distribution.locate_file(top)))
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                queue.append(requirement.name)
    return found


def student_part() -> dict[str, str]:
    """Return the files of the course that a student has: the package without staff."""
    folder = Path(__file__).resolve().parent.parent
    found = {f"classroom/{path.name}": str(path) for path in sorted(folder.iterdir()) if _is_student_file(path)}
    # The wheel has the data set inside the package, a clone beside it.
    beside = folder.parent / "data" / "digits.npz"
    if beside.is_file():
        found.setdefault("classroom/digits.npz", str(beside))
    return found


def _is_student_file(path: Path) -> bool:
    # __pycache__ holds what is compiled of these very files: staff's has a folder of its own.
    return path.name != "staff" and not path.name.startswith(".")


def system_files() -> tuple[list[str], list[str]]:
    """Return the paths of the Python installation and its libraries, and the folders in them to be hidden."""
    paths = sysconfig.get_paths()
    prefixes = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    names = {sysconfig.get_path(name, vars=prefixes) for name in ("stdlib", "platstdlib")}
    bound = {name for name in names if name} | {paths["stdlib"], python_executable(), "/etc/ld.so.cache"}
    library = Path(sysconfig.get_config_var("LIBDIR") or "/nowhere")
    if library not in (Path("/usr/lib"), Path("/usr/lib64")):
        bound |= {str(path) for path in library.glob("lib*.so*")}
    # Debian keeps the libraries of this machine in a folder of its own, others in lib64.
    for folder in ("/lib", "/usr/lib", "/usr/local/lib"):
        bound |= {str(path) for path in Path(folder).glob("*-linux-gnu*")}
    bound |= {"/lib64", "/usr/lib64"}
    bound = {os.path.realpath(path) for path in bound if os.path.exists(path)}
    hidden = [f"{stdlib}/{name}" for stdlib in names for name in ("site-packages", "dist-packages")]
    hidden += [f"/usr/lib/python3/{name}" for name in ("site-packages", "dist-packages")]
    return sorted(bound), [path for path in hidden if os.path.isdir(path)]


def python_executable() -> str:
    """Return the interpreter itself, not a link of a virtual environment to it."""
    return os.path.realpath(sys.executable)


@dataclasses.dataclass
class Capabilities:
    """What this machine offers to keep student code in."""

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
    """Try what this machine offers; the answer is remembered."""
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


@functools.cache
def _seccomp_program() -> bytes:
    return confine.seccomp_program()


def _unshare_flags() -> list[str]:
    flags = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"]
    if os.getuid() == 0:
        # The zygote changes its uid first of all; a user namespace would map that uid to root again.
        return [*flags, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", *flags]


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
        self.mode = capabilities().mode if protected else "none"
        if protected and self.mode == "none":
            raise SandboxError(
                f"student code cannot be locked in on this machine, so nothing is graded.  {capabilities().reason}.  "
                "`classroom doctor` says more; --no-sandbox is for notebooks that staff wrote"
            )
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
        environment = {
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
        if self.mode == "namespaces":
            settings |= {
                "path": ["/opt/room", "/opt/packages"],
                "course": "/opt/course",
                "readable": ["/"],
                "writable": ["/tmp"],
            }
            command = self._bubblewrap(environment, files)
            python = [python_executable(), "-I", "-S", "-B", "/opt/room/zygote.py"]
        else:
            bound, hidden = system_files()
            # Landlock opens what it is told and cannot close a part of it: name the entries beside what is hidden.
            opened = {os.path.dirname(path) for path in hidden}
            bound = [path for path in bound if path not in opened]
            bound += [entry.path for path in opened for entry in os.scandir(path) if entry.path not in hidden]
            folder = self._lay_out_fallback(files)
            places = [*bound, *package_files().values(), *student_part().values(), *files.values(), str(folder)]
            settings |= {
                "path": [str(folder / "room"), str(folder / "packages")],
                "course": str(folder / "course"),
                "readable": [*places, "/dev/null", "/dev/urandom"],
                "writable": [],
            }
            command = []
            python = [python_executable(), "-I", "-S", "-B", str(folder / "room" / "zygote.py")]
        return subprocess.Popen(
            [*command, *python, str(descriptor), json.dumps(settings)],
            pass_fds=(descriptor,),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
        )

    @staticmethod
    def _bubblewrap(environment: Mapping[str, str], files: Mapping[str, str]) -> list[str]:
        """Return the bubblewrap command: nothing but these files exists, and nothing but /tmp can be written."""
        bound, hidden = system_files()
        command = [str(capabilities().bubblewrap), *_unshare_flags(), "--new-session", "--clearenv"]
        for name, value in environment.items():
            command += ["--setenv", name, value]
        here = Path(__file__).resolve()
        binds = {path: path for path in bound}
        binds |= {f"/opt/packages/{name}": path for name, path in (package_files() | student_part()).items()}
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
        return [*command, "--remount-ro", "/", "--chdir", "/", "--"]

    def _lay_out_fallback(self, files: Mapping[str, str]) -> Path:
        """Make a folder of links that stands in for the binds: what is not linked is closed by Landlock."""
        self._folder = tempfile.TemporaryDirectory(prefix="classroom-")
        root = Path(self._folder.name)
        root.chmod(0o755)
        (root / "course").mkdir()
        here = Path(__file__).resolve()
        links = {f"packages/{name}": path for name, path in (package_files() | student_part()).items()}
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


class Child:
    """One confined process and the wire to it."""

    def __init__(self, zygote: Zygote, channel: socket.socket, pid: int, handle: int) -> None:
        self._zygote = zygote
        self._channel = channel
        self._pid = pid
        self._handle = handle
        self.status: int | None = None

    def ask(self, request: Mapping[str, Any], seconds: float) -> Any:
        """Send a request and return the answer, which is hostile.

        Raises
        ------
        classroom.staff.wire.WireError
            If there is no well-formed answer in time.  The child is to be killed then.
        """
        deadline = time.monotonic() + seconds
        wire.send(self._channel, dict(request), deadline)
        return wire.receive(self._channel, deadline)

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
