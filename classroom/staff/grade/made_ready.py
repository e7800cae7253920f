"""What is found out once for all workers, in the process from which they are forked."""

import contextlib
import subprocess

from classroom.staff.grade import worker as worker  # with all that it imports
from classroom.staff.grade.code_digest import code_digest
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import capabilities

with contextlib.suppress(SandboxError, OSError, subprocess.SubprocessError):  # a worker meets it again, and says so
    code_digest()
    capabilities()
