"""Generated Python in the form that ``ruff format`` gives to what is written by hand."""

from __future__ import annotations

import subprocess
import sys

from installer.sources import CHECKOUT


def python(text: str) -> bytes:
    """The formatted module. Raises ``CalledProcessError`` for what is no Python."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--config", str(CHECKOUT / "pyproject.toml"), "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout
