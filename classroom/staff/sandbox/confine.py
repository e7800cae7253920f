"""What a process gives up before it runs student code: namespaces, capabilities, resources, system calls, files.

This file runs inside the sandbox, so it imports only the standard library.  `seccomp_program` alone is called outside.
"""

import contextlib
import ctypes
import os
import resource
import struct
from collections.abc import Mapping, Sequence
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP = 0x10000000, 0x20000000, 0x40000000, 0x02000000
CLONE_THREAD, CLONE_VFORK = 0x00010000, 0x00004000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 4, 24, 38, 36
PR_SET_KEEPCAPS = 8
# What a zygote keeps of root's powers, if root has started it: to give each room a user of its own, and to end it.
ZYGOTE_POWERS = {"CAP_KILL": 5, "CAP_SETGID": 6, "CAP_SETUID": 7}
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SYS_LANDLOCK_CREATE, SYS_LANDLOCK_ADD, SYS_LANDLOCK_RESTRICT = 444, 445, 446
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}

# Everything that Python, numpy and matplotlib ask of the kernel; whatever is not named is refused, and with it sockets,
# exec, fork, ptrace, signals to others, mounts, namespaces, keyrings, io_uring, bpf, SysV memory, memfd, setns ...
# Landlock does not see what is done to a file by its name alone: truncate (old kernels), chmod, utime, flock.
ALLOWED_CALLS = """
read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 lseek close close_range
creat fstat fstatfs getdents getdents64 getcwd fchdir umask
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
link linkat symlink symlinkat ftruncate fallocate dup dup2 dup3 pipe pipe2 sendfile copy_file_range
splice tee mmap munmap mremap mprotect madvise msync mincore brk mlock munlock pkey_alloc pkey_free
pkey_mprotect rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
restart_syscall futex futex_waitv get_robust_list set_robust_list set_tid_address rseq exit exit_group
arch_prctl gettid getpid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid
getsid getpriority capget uname sysinfo times getrusage getrlimit getcpu sched_yield sched_getaffinity
sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min clock_gettime clock_getres
clock_nanosleep gettimeofday time nanosleep getitimer setitimer alarm pause timer_create timer_settime
timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime getrandom poll
ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd eventfd2
""".split()  # noqa: SIM905  a list of one name a line would be 200 lines
# What tells of a file by its name alone, without opening it: Landlock does not see that either, so it is closed where
# the files of the machine have names in the room, which is to say without namespaces.
NAMING_CALLS = "stat lstat statx statfs access faccessat faccessat2 readlink readlinkat chdir".split()  # noqa: SIM905
# Copying or saving a file ends with these: they say that all is well, and do nothing.  The last four would wait for the
# disk.
IDLE_CALLS = (
    *("chmod", "fchmod", "fchmodat", "utime", "utimes", "utimensat", "futimesat"),
    *("fsync", "fdatasync", "sync_file_range", "fadvise64"),
)
MSG_OOB = 1
AT_EMPTY_PATH = 0x1000
# fcntl: descriptors, and whether they wait.  F_SETOWN and F_SETSIG would send signals to any process of the same user.
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
# ioctl: the questions that open() and isatty() ask about a file.
FIONBIO, FIONREAD, FIOCLEX, FIONCLEX, TCGETS = 0x5421, 0x541B, 0x5451, 0x5450, 0x5401


def fstat_takes_names() -> bool:
    """Whether this C library asks about an open file with a call that takes a name too: glibc before 2.39 does.

    No filter can tell such a call from one that really names a file, and nothing works without it.
    """
    name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    return name != "glibc" or numbers < (2, 39)


def seccomp_program(*, names: bool = True) -> bytes:
    """Compile the filter of system calls for this machine (outside the sandbox: it needs libseccomp).

    Parameters
    ----------
    names : whether files may be looked at by their names alone
    """
    import tempfile

    import pyseccomp

    def add(action: int, name: str, *conditions: Any) -> None:
        with contextlib.suppress(ValueError, OSError, RuntimeError):  # this architecture has no such call
            rules.add_rule(action, name, *conditions)

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(1))
    for name in ALLOWED_CALLS:
        add(pyseccomp.ALLOW, name)
    for name in [*NAMING_CALLS, "newfstatat"] if names else ():
        add(pyseccomp.ALLOW, name)
    if not names and fstat_takes_names():
        add(pyseccomp.ALLOW, "newfstatat", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH))
    for name in IDLE_CALLS:
        add(pyseccomp.ERRNO(0), name)
    # Whoever waits as after vfork neither computes nor sleeps, and no clock would count it; so does a membarrier.
    add(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD | CLONE_VFORK, CLONE_THREAD))
    # glibc tries clone3 first, whose flags a filter cannot see, and goes back to clone when the kernel has none.
    add(pyseccomp.ERRNO(38), "clone3")
    # A process may read its own limits (pid 0, no new ones); those on memory are moved from outside.
    add(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0), pyseccomp.Arg(2, pyseccomp.EQ, 0))
    for request in (FIONBIO, FIONREAD, FIOCLEX, FIONCLEX, TCGETS):
        add(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    for command in (F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC):
        add(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    # What empties a file opens it for writing: old kernels let Landlock see nothing else.
    for name, place in (("open", 1), ("openat", 2)):
        for mask, flags in ((os.O_TRUNC, 0), (os.O_ACCMODE, os.O_WRONLY), (os.O_ACCMODE, os.O_RDWR)):
            # O_DIRECT waits for the disk at each reading; O_PATH opens nothing, so Landlock lets it pass, and tells as
            # much as stat.
            never = os.O_DIRECT | (0 if names else os.O_PATH)
            add(pyseccomp.ALLOW, name, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, mask | never, flags))
    # An urgent byte would wake the reader at the other end of the wire for nothing.
    for name in ("sendto", "recvfrom"):
        add(pyseccomp.ALLOW, name, pyseccomp.Arg(3, pyseccomp.MASKED_EQ, MSG_OOB, 0))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def drop_root(uid: int, keep: Sequence[int] = ()) -> None:
    """Become an ordinary user for good, with no powers but these; limits on processes do not hold for root."""
    _checked(LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl")
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _set_capabilities(sum(1 << power for power in keep))
    # Changing the uid made /proc/self belong to root, and the maps of new namespaces are written there.
    _checked(LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def become_subreaper() -> None:
    """Inherit grandchildren whose parent has ended."""
    _checked(LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def enter_namespaces(scratch_bytes: int, scratch_files: int) -> None:
    """Leave the zygote's namespaces: the new ones hold no process, network, memory or file of another submission."""
    uid, gid = os.getuid(), os.getgid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP
    _checked(LIBC.unshare(flags), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    be_ended_first()
    _mount(None, "/", None, MS_REC | MS_PRIVATE, None)
    _mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"size={scratch_bytes},nr_inodes={scratch_files},mode=0700")
    _mount("tmpfs", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k,nr_inodes=2")


def be_ended_first() -> None:
    """Ask the kernel to kill this process first when memory runs out; where it refuses, the limits have to do."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind, options)]
    _checked(LIBC.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]), f"mount {target}")


def drop_capabilities() -> None:
    """Give up the powers that come with a new user namespace."""
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break  # past the last one that this kernel knows
    _set_capabilities(0)


def _set_capabilities(powers: int) -> None:
    """Have these powers, a bit for each, and pass none of them on to another program."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    low, high = powers & 0xFFFFFFFF, powers >> 32
    sets = ctypes.create_string_buffer(struct.pack("=6I", low, low, 0, high, high, 0))
    _checked(LIBC.syscall(SYS_CAPSET[os.uname().machine], header, sets), "capset")


def limit_resources(limits: Mapping[str, Sequence[int]]) -> None:
    """Set each limit (named as in the resource module, without RLIMIT_): what holds now, and the most that may hold."""
    for name, (now, most) in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (now, most))


def forbid_new_privileges() -> None:
    _checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def install_seccomp(program: bytes) -> None:
    """Hand the compiled filter to the kernel; from here on it binds this process."""
    instructions = ctypes.create_string_buffer(program, len(program))
    count = len(program) // 8
    fprog = struct.pack("@HP", count, ctypes.addressof(instructions))
    _checked(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(fprog), 0, 0), "seccomp")


def landlock_version() -> int:
    """Return the version of Landlock in this kernel, 0 without it."""
    return max(0, LIBC.syscall(SYS_LANDLOCK_CREATE, None, 0, 1))


# Rights of Landlock, by bit.
FS_EXECUTE, FS_WRITE, FS_READ, FS_LIST = 1, 2, 4, 8
FS_REMOVE, FS_MAKE_DIR, FS_MAKE_FILE, FS_MAKE_LINK = 0x30, 0x80, 0x100, 0x1000
FS_REFER, FS_TRUNCATE = 0x2000, 0x4000
FS_ALL_BY_VERSION = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}


def install_landlock(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Close the file system but for these paths, TCP, and (newer kernels) sockets and signals across the border."""
    version = landlock_version()
    handled = FS_ALL_BY_VERSION.get(version, 0xFFFF)
    rules = struct.pack("=QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(LIBC.syscall(SYS_LANDLOCK_CREATE, ctypes.create_string_buffer(rules), size, 0), "landlock")
    change = FS_WRITE | FS_REMOVE | FS_MAKE_DIR | FS_MAKE_FILE | FS_MAKE_LINK | FS_REFER | FS_TRUNCATE
    for paths, access in ((readable, FS_READ | FS_LIST), (writable, FS_READ | FS_LIST | change)):
        for path in paths:
            _landlock_rule(ruleset, path, access & handled)
    _checked(LIBC.syscall(SYS_LANDLOCK_RESTRICT, ruleset, 0), "landlock")
    os.close(ruleset)


def _landlock_rule(ruleset: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # what is not there, or behind a closed folder, is not to be had in the room either
    try:
        if not os.path.isdir(path):
            access &= FS_EXECUTE | FS_WRITE | FS_READ | FS_TRUNCATE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access, place))
        _checked(LIBC.syscall(SYS_LANDLOCK_ADD, ruleset, 1, rule, 0), f"landlock {path}")
    finally:
        os.close(place)
