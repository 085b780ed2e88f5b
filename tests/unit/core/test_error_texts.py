from __future__ import annotations

import subprocess
import sys

from tests.lab.world import CHECKOUT


def test_the_extension_has_the_texts_of_the_host() -> None:
    subprocess.run([sys.executable, CHECKOUT / "tests/tools/error_texts.py", "--check"], check=True)
