"""The folder /etc as a test wants it, for some processes alone: a layer over the machine's own, in a private mount
namespace. Nothing of it is seen by others, or left afterwards.
"""

from __future__ import annotations

import shlex
import stat
from pathlib import Path

from tests.rig.root import as_root


def wrapper(folder: Path, layer: Path, program: str) -> Path:
    """A script in ``folder`` that runs ``program`` with the files of ``layer`` in /etc."""
    (folder / "work").mkdir()
    options = f"lowerdir=/etc,upperdir={layer},workdir={folder / 'work'}"
    inside = f'mount -t overlay overlay -o {options} /etc && exec {program} "$@"'
    command = [*as_root("unshare", "--mount", "sh", "-c", inside), Path(program).name]
    script = folder / Path(program).name
    script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script
