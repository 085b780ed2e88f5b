"""Real servers, each in a process of its own on 127.0.0.1."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(
    command: Sequence[str | Path], port: int, environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run ``command`` until the block ends; it begins once something listens on ``port``."""
    log = folder / f"server-{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        try:
            await_port(port, process, log)
            yield process
        finally:
            process.terminate()
            process.wait(20)


def await_port(port: int, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}: {log.read_text()}")
