"""A JupyterLab that runs while a test asks it."""

import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[tuple[str, str]]:
    """Run `command`, which starts JupyterLab, over a folder; gives its address and token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    more = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    with open(log, "w") as said:
        server = subprocess.Popen(
            [*command, *more], env=dict(environment), cwd=folder, stdout=said, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert server.poll() is None, log.read_text()
            try:
                with urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        yield address, token
    finally:
        server.terminate()
        server.wait(30)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        else:
            raise AssertionError("JupyterLab outlives the program that it was started by")
