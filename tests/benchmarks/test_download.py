"""Download + verify + unpack of 1 GB, beside `curl | gunzip` from the same server: time and memory."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.lab.files_server import FilesServer

ROUNDS = 3
SIZE = 2**30
_OURS = """
import sys
from pathlib import Path
from cvmwebapi.media import boot_disk
from cvmwebapi.config.settings import Settings
from cvmwebapi.tasks import Task
boot_disk.boot_disk(sys.argv[1], sys.argv[2], "localhost", Settings(min_free_disk=0), Task())
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def make_image(path: Path) -> None:
    """A disk like real ones: text, noise and holes; packs to about a third."""
    chance = random.Random(1)
    words = [chance.randbytes(chance.randrange(3, 12)) for _ in range(5000)]
    with gzip.open(path, "wb", compresslevel=6) as out:
        first = True
        for _ in range(SIZE // 2**20):
            kind = chance.random()
            if kind < 0.25 and not first:
                block = bytes(2**20)
            elif kind < 0.4:
                block = chance.randbytes(2**20)
            else:
                block = b" ".join(chance.choices(words, k=130_000))[: 2**20].ljust(2**20, b".")
            if first:
                block, first = block[:510] + b"\x55\xaa" + block[512:], False
            out.write(block)


def test_download_verify_and_unpack(tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    image = served / "disk.gz"
    make_image(image)
    checksum = hashlib.sha256(image.read_bytes()).hexdigest()
    server = FilesServer(served)
    url = f"{server.url}/disk.gz"
    times: dict[str, list[float]] = {"ours": [], "curl | gunzip": []}
    peak = 0
    for number in range(ROUNDS):
        home = tmp_path / f"home{number}"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _OURS, url, checksum], env=environment, capture_output=True, text=True, check=True
        )
        times["ours"].append(time.monotonic() - started)
        peak = max(peak, int(done.stdout) // 1024)
        started = time.monotonic()
        bare = subprocess.run(["bash", "-c", 'curl -sf "$0" | gunzip > "$1"', url, str(home / "bare")], check=True)
        times["curl | gunzip"].append(time.monotonic() - started)
        assert bare.returncode == 0
        (raw,) = (home / ".cache" / "cernvm-webapi" / "images").glob("*.raw")
        assert subprocess.run(["cmp", str(raw), str(home / "bare")], check=False).returncode == 0
        raw.unlink()
        (home / "bare").unlink()
    server.close()
    ours, bare_time = (statistics.median(times[name]) for name in ("ours", "curl | gunzip"))
    print(f"\n{image.stat().st_size / 2**20:.0f} MB packed: ours {ours:.2f} s (checksum included), ", end="")
    print(f"curl | gunzip {bare_time:.2f} s: ratio {ours / bare_time:.2f}; peak memory {peak} MB")
    assert peak <= 64 and ours / bare_time <= 1.05
