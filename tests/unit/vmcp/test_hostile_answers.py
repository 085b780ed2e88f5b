from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.vmcp import client

from tests.unit.net.servers import Reply, Seen, Site
from tests.unit.site_fixtures import failure

from .hostile_answers import MACHINE, ROWS, Row, signed
from .nasty_bodies import BODIES

HERE = Path(__file__).parent
MAX_MEMORY = 100
"""MB that the host may have used at most, everything that Python itself needs included."""
MAX_CPU = 5
"""Seconds."""


def serve(site: Site, row: Row, key: website.PrivateKey, root: website.PrivateKey) -> Settings:
    """Makes ``site`` a keystore, and an endpoint that sends ``row``."""
    listed = website.keystore_list([website.keystore_line("example.org", key)])
    signature = website.sign_keystore(listed, root)

    def answer(seen: Seen) -> Reply:
        url = urlsplit(seen.path)
        if url.path.startswith("/store/"):
            return Reply(listed if url.path.endswith("lst") else signature)
        salt = parse_qs(url.query).get("cvm_salt", ["none"])[0]
        return Reply(row.body(salt, key), row.status, dict(row.headers))

    site.answer = answer
    keystore = Keystore(site.url("/store"), website.public_pem(root).decode())
    return Settings(keystores=(keystore,), local_network_sites=("example.org",))


def test_the_machine_itself_is_fine(site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey) -> None:
    """Else the table would prove nothing."""
    settings = serve(site, Row("fine", signed(), "", 0), site_key, root_key)
    machine = client.request_description(site.url(), "example.org", settings).machine
    assert (machine.name, machine.memory) == (MACHINE["name"], MACHINE["memory"])


def test_the_table_is_large_enough_and_has_no_row_twice() -> None:
    assert len(ROWS) >= 60
    assert len({(row.what, row.error) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.error}: {row.what}" for row in ROWS])
def test_refused_with_the_expected_error(
    site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey, row: Row
) -> None:
    settings = serve(site, row, site_key, root_key)
    error = failure(client.request_description, site.url(), "example.org", settings)
    assert (error.name, error.code) == (row.error, row.code), error.message
    # What a person reads is short, and nothing that the site wrote can upset a terminal or window.
    for text in (error.message, error.fix):
        assert 0 < len(text) < 600 and text.isprintable(), text


@pytest.mark.skipif(sys.platform != "linux", reason="memory and CPU time are read from /proc")
@pytest.mark.parametrize("name", BODIES)
def test_the_nastiest_need_little_memory_and_time(tmp_path: Path, name: str) -> None:
    """Each in a process of its own, under limits that end it; the figures are its own."""
    result = subprocess.run(
        [sys.executable, str(HERE / "nasty_bodies.py"), name],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert result.returncode == 0, result.stderr
    figures = json.loads(result.stdout)
    print(f"{name}: {figures['memory']:.0f} MB, {figures['cpu']:.2f} s")
    assert figures["error"] == BODIES[name][1]
    assert figures["memory"] < MAX_MEMORY and figures["cpu"] < MAX_CPU
