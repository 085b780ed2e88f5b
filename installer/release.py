"""``python -m installer.release OUTPUT --url URL``: all that one computer can build of a release, with checksums.

Single-file programs made elsewhere may be put into the folder before; they get their line too.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from installer import addon, sources, wheel
from installer.deb import build as deb
from installer.zipapp import build as zipapp

_SCRIPTS = ("install.sh", "install.ps1")


def write_scripts(output: Path, url: str) -> None:
    """The installation scripts for the single-file programs in ``output``, and a list of all checksums."""
    programs = sorted(output.glob("*.pyz"))
    lines = "\n".join(f"{_sha256(path)}  {path.name}" for path in programs)
    for name in _SCRIPTS:
        values = {"URL": url.rstrip("/"), "VERSION": sources.version(), "CHECKSUMS": lines}
        (output / name).write_text(sources.fill(Path(__file__).with_name(name), **values), "utf-8")
    every = sorted(path for path in output.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    (output / "SHA256SUMS").write_text("".join(f"{_sha256(path)}  {path.name}\n" for path in every))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Build all."""
    parser = argparse.ArgumentParser(prog="python -m installer.release", description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--url", required=True, help="folder that the release will be served from")
    options = parser.parse_args(arguments)
    output: Path = options.output
    wheel.build(output)
    zipapp.build(output)
    deb.build(output)
    addon.main([str(output)])
    write_scripts(output, options.url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
