"""Results that are slow to make and the same for every test run, kept outside the checkout.

An entry is a folder named after its recipe's hash. It is built under another name and renamed when complete, so
that whoever finds the final name finds a whole entry; a file lock makes concurrent builders wait for the first one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.rig.root import remove_tree

_LOG_LINES_SHOWN = 25
_started = time.monotonic()


class RigError(Exception):
    """The rig can't be had; the message is one sentence that says what is missing or where to look."""


def root() -> Path:
    """The folder of everything cached: $CERNVM_WEBAPI_CACHE or ~/.cache/cernvm-webapi-dev (made when missing)."""
    folder = Path(os.environ.get("CERNVM_WEBAPI_CACHE") or Path.home() / ".cache" / "cernvm-webapi-dev").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def recipe_key(*parts: str | Path) -> str:
    """A hash over a recipe: strings as they are, files by name and content."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.name.encode() + b"\0" + part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:16]


def entry(name: str, key: str) -> Path:
    """Where the entry of this recipe lies once it is built."""
    return root() / f"{name}-{key}"


def build(name: str, key: str, builder: Callable[[Path, Path], None]) -> Path:
    """The entry, built now if it isn't there.

    `builder` gets an empty folder to fill and the path of a log file for what its commands print. When it raises,
    nothing is published.
    """
    final = entry(name, key)
    if final.exists():
        return final
    with lock(name):
        if final.exists():
            return final
        scratch = root() / "building" / final.name
        remove_tree(scratch)
        scratch.mkdir(parents=True)
        log = root() / "logs" / f"{final.name}.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text("")
        try:
            builder(scratch, log)
            scratch.rename(final)
        finally:
            remove_tree(scratch)
    return final


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Only one process of this user at a time; the others say that they wait."""
    folder = root() / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that works on {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(message: str) -> None:
    """Progress for people, on standard error, with the seconds since this process began."""
    print(f"[rig +{time.monotonic() - _started:.0f}s] {message}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], log: Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run a command of a build with its output in the log; RigError with the log's end when it fails."""
    with log.open("ab") as output:
        output.write(f"$ {' '.join(map(str, command))}\n".encode())
        output.flush()
        status = subprocess.run(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if status:
        tail = log.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
        raise RigError("\n".join([*tail, f"`{Path(command[0]).name}` failed with status {status}; see {log}"]))
