"""`make lab`: what it prints can be used, and a SIGTERM leaves nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.lab.world import CHECKOUT

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_the_lab_says_where_everything_is_and_cleans_up(browser: str) -> None:
    command = [sys.executable, "-m", "tests.lab.lab", "--browser", browser]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as lab:
        assert lab.stdout is not None
        facts = json.loads(lab.stdout.readline())
        assert urllib.request.urlopen(facts["site"]).status == 200
        answer = json.load(urllib.request.urlopen(facts["vmcp"] + "?cvm_salt=abc&cvm_hostid=1&memory=99"))
        assert answer["memory"] in (99, "99") and answer["signature"]
        assert Path(facts["key"]).exists() and Path(facts["vboxmanage"]).exists()
        assert psutil.pid_exists(facts["pid"])
        lab.send_signal(signal.SIGTERM)
        assert lab.wait(30) == 0
    assert not Path(facts["home"]).exists()
    assert not psutil.pid_exists(facts["pid"]) or psutil.Process(facts["pid"]).status() == psutil.STATUS_ZOMBIE
