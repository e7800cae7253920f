"""The zygote: a process in the sandbox that has imported everything, and forks one child for each submission.

Run as ``python -I -S zygote.py FD SETTINGS`` by `classroom.staff.sandbox.sandbox`.  It never runs student code itself.
"""

import array
import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
from typing import Any


def main(arguments: list[str]) -> None:
    """Drop root, import, then answer requests on the control socket until the other side leaves."""
    gc.disable()  # until all is imported: nothing of it is garbage
    settings = json.loads(arguments[1])
    # What was released beside the notebook comes last: it can take no other module's place.
    sys.path[:] = [*settings["path"], *sys.path, settings["course"]]
    import confine

    if os.getuid() == 0 and settings["protected"]:
        confine.drop_root(settings["uid"], keep=settings["powers"])
    confine.become_subreaper()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, int(arguments[0]))
    try:
        import interpreter

        os.chdir(settings["course"] if os.path.isdir(settings["course"]) else "/")
        # Without namespaces a room has no folder in which matplotlib could look for fonts: that is done here.
        more = [] if settings["namespaces"] else ["matplotlib.backends.backend_agg", "by_opening"]
        shell = interpreter.warm_shell([*settings["warm"], *more], figures=settings["figures"])
        count = interpreter.run_prelude(shell, settings["prelude"])
        program, (questions,) = _receive(control)
        with open(questions, "rb") as packed:
            interpreter.know(packed.read())
    except BaseException as error:
        _answer(control, {"error": f"{type(error).__name__}: {error}"})
        raise
    # What is loaded stays shared with the children: a collection would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    gc.enable()
    _answer(control, {"prelude": count})
    _serve(control, program, settings, shell, count)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """Return one request and the descriptors that came with it; nothing when the other side has left."""
    data, ancillary, _, _ = control.recvmsg(1 << 18, socket.CMSG_SPACE(16))
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload)
    return data, list(descriptors)


def _answer(control: socket.socket, value: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    socket.send_fds(control, [json.dumps(value).encode()], list(descriptors))


def _serve(control: socket.socket, program: bytes, settings: dict[str, Any], shell: Any, prelude: int) -> None:
    children: set[int] = set()
    while True:
        data, descriptors = _receive(control)
        if not data:
            break
        request = json.loads(data)
        if request["do"] == "fork":
            if os.fork() == 0:
                control = _become_another(control, descriptors[0], prelude)
                children.clear()  # they are not its own
            else:
                os.close(descriptors[0])
        elif request["do"] == "open":
            try:
                pid = _open_child(control, descriptors[0], program, settings, request, shell)
            except OSError as error:
                _answer(control, {"error": f"{error}"})
            else:
                children.add(pid)
                handle = os.pidfd_open(pid)
                _answer(control, {"pid": pid}, (handle,))
                os.close(handle)
            os.close(descriptors[0])
        elif request["do"] == "limit":
            _limit_memory(request["pid"], request["uid"], *request["limits"])
            _answer(control, {})
        elif request["do"] == "usage":
            used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            _answer(control, {"cpu_seconds": sum(one.ru_utime + one.ru_stime for one in used)})
        else:  # bury: wait for a child that has been killed
            pid = request["pid"]
            children.discard(pid)
            _, status, ended = os.wait4(pid, 0)
            spent = ended.ru_utime + ended.ru_stime
            _answer(control, {"status": os.waitstatus_to_exitcode(status), "cpu_seconds": spent})
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _become_another(control: socket.socket, channel: int, prelude: int) -> socket.socket:
    """Make a forked zygote one of its own, which answers on this channel alone; return that as a socket."""
    import confine

    control.close()
    os.setsid()  # where Linux shares processors between sessions, it has a share as the others
    confine.become_subreaper()
    own = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, channel)
    handle = os.pidfd_open(os.getpid())
    _answer(own, {"prelude": prelude}, (handle,))
    os.close(handle)
    return own


def _limit_memory(pid: int, uid: int | None, soft: int, hard: int) -> None:
    """Move the limit on a child's memory, as the user whose it is: that needs no further power."""
    mine = os.getuid()
    if uid is not None:
        os.setresgid(uid, -1, -1)
        os.setresuid(uid, -1, -1)
    try:
        with contextlib.suppress(ProcessLookupError):  # it has ended, as will be told when it is asked
            resource.prlimit(pid, resource.RLIMIT_AS, (soft, hard))
    finally:
        if uid is not None:
            os.setresuid(mine, -1, -1)
            os.setresgid(mine, -1, -1)


def _open_child(
    control: socket.socket, channel: int, program: bytes, settings: dict[str, Any], request: dict[str, Any], shell: Any
) -> int:
    """Fork a child for one submission and return its process id."""
    if not settings["namespaces"]:
        pid = os.fork()
        if pid == 0:
            _child(control, channel, program, settings, request, shell)
        return pid
    # The first fork enters the new namespaces; the second is process 1 of the new one for processes, so that its end
    # is the end of everything that it started.
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        os.close(reading)
        try:
            import confine

            if request["uid"] is not None:
                confine.drop_root(request["uid"])
            confine.enter_namespaces(settings["scratch_bytes"], settings["scratch_files"])
            pid = os.fork()
            if pid == 0:
                os.close(writing)
                _child(control, channel, program, settings, request, shell)
            os.write(writing, str(pid).encode())
        except BaseException as error:
            os.write(writing, f"!{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 4096)
    os.close(reading)
    os.waitpid(between, 0)
    if not said.isdigit():
        raise OSError(f"no room for a submission: {said[1:].decode()}")
    return int(said)


def _child(
    control: socket.socket, channel: int, program: bytes, settings: dict[str, Any], request: dict[str, Any], shell: Any
) -> None:
    """Drop all privileges, then serve cells and calls until killed.  Never returns."""
    code = 1
    try:
        import confine
        import interpreter

        control.close()
        _keep_only(channel)
        _enter_folder(settings)
        if settings["protected"]:
            if not settings["namespaces"]:
                if request["uid"] is not None:
                    confine.drop_root(request["uid"])
                confine.be_ended_first()
            confine.limit_resources(request["limits"])
            confine.drop_capabilities()
            confine.forbid_new_privileges()
            if not settings["namespaces"]:
                import by_opening  # which the zygote has read

                by_opening.install()
            if settings["landlock"]:
                confine.install_landlock(settings["readable"], settings["writable"])
            confine.install_seccomp(program)
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, 3)
        interpreter.serve(talk, shell, request["seed"])
        code = 0
    finally:
        os._exit(code)


def _enter_folder(settings: dict[str, Any]) -> None:
    """Change to the folder of what was released beside the notebook."""
    if not settings["namespaces"]:
        os.chdir(settings["course"])
        return
    os.chdir("/tmp")
    for name in os.listdir(settings["course"]) if os.path.isdir(settings["course"]) else ():
        os.symlink(f"{settings['course']}/{name}", name)


def _keep_only(channel: int) -> None:
    """Close every descriptor but the channel, which becomes number 3; 0, 1 and 2 are /dev/null already."""
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if channel != 3:
        os.dup2(channel, 3)
    os.closerange(4, 1 << 16)


if __name__ == "__main__":
    main(sys.argv[1:])
