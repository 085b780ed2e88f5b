"""``python -m installer.deb.build OUTPUT``: the package for Debian 13, Ubuntu 25.04 and later, by dpkg-deb.

It takes its libraries from the distribution, which sees to their security updates. Older distributions have them too
old: there the single-file program is the way. The manifests below /etc are no configuration files for dpkg's purposes:
nothing in them is for changing, and they are to go with the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installer import sources, tree

_HERE = Path(__file__).parent
COPYRIGHT = "CernVM WebAPI. License: GPL-3.0-or-later, whose text is in /usr/share/common-licenses/GPL-3.\n"
"""What Debian wants to find in each package."""


def build(output: Path) -> Path:
    """Returns the file."""
    output.mkdir(parents=True, exist_ok=True)
    made = output / f"cernvm-webapi_{sources.version()}_all.deb"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "root"
        root.mkdir()
        tree.lay_out(root, "/usr/lib/python3/dist-packages", "/usr/bin/cernvm-webapi")
        _add_documents(root / "usr/share/doc/cernvm-webapi")
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        control = root / "DEBIAN"
        control.mkdir()
        text = sources.fill(_HERE / "control", VERSION=sources.version(), SIZE=str(size // 1024))
        (control / "control").write_text(text, "utf-8")
        for script in ("postinst", "prerm"):
            (control / script).write_bytes((_HERE / script).read_bytes())
            (control / script).chmod(0o755)
        for path in (*root.rglob("*"), root):
            path.chmod(0o755 if path.is_dir() else path.stat().st_mode & 0o755)
            os.utime(path, (sources.EPOCH, sources.EPOCH))
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(sources.EPOCH)}
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return made


def _add_documents(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "copyright").write_text(COPYRIGHT)
    (folder / "changelog").write_bytes((sources.CHECKOUT / "CHANGELOG.md").read_bytes())


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
