"""From startCVMWebAPI to its callback with a cold host, beside a bare echo extension and host in the same Chromium."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from tests.browser.calls import kill_hosts
from tests.drivers import launch
from tests.drivers.browser import Page
from tests.lab.world import EXTENSION, World, blank_iso

RUNS = 15
HERE = Path(__file__).parent


def bare(page: Page, cold: bool) -> float:
    """Milliseconds of one echo."""
    return float(
        page.evaluate(
            f"""new Promise((resolve) => {{
                const begun = performance.now();
                window.addEventListener("message", function heard({{data}}) {{
                    if (!data.answer) return;
                    window.removeEventListener("message", heard);
                    resolve(performance.now() - begun);
                }});
                window.postMessage({{ask: {{cold: {json.dumps(cold)}}}}}, "*");
            }})"""
        )
    )


def ours(page: Page) -> float:
    """Milliseconds of one startCVMWebAPI."""
    return float(
        page.evaluate(
            """new Promise((resolve) => {
                const begun = performance.now();
                CVM.startCVMWebAPI(() => resolve(performance.now() - begun));
            })"""
        )
    )


def test_handshake() -> None:
    with World(blank_iso()) as world:
        bare_profile = world.folder / "profile-bare"
        launcher = world.folder / "echo-host"
        launcher.write_text(f"#!{sys.executable}\n" + (HERE / "echo_host.py").read_text())
        launcher.chmod(0o755)
        with launch("chromium", bare_profile, _with_key(world.folder), world.environment) as first:
            _register(bare_profile, launcher, first.extension_url("").split("/")[2])
            with world.browser("chromium") as second:
                echo, page = first.open(world.site), second.open(world.site)
                bare(echo, True), ours(page)
                floor, measured = [], []
                for _ in range(RUNS):
                    floor.append(bare(echo, True))
                    kill_hosts(second)
                    time.sleep(0.3)
                    measured.append(ours(page))
    base, own = statistics.median(floor), statistics.median(measured)
    print(f"\ncold host to callback: bare {base:.0f} ms, ours {own:.0f} ms, ratio {own / base:.2f} (aim 1.3)")


def _with_key(folder: Path) -> Path:
    """The bare extension with our key, so that its id is known."""
    import shutil

    copy = folder / "echo-extension"
    shutil.copytree(HERE / "echo_extension", copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["key"] = json.loads((EXTENSION / "manifest.json").read_text())["key"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def _register(profile: Path, launcher: Path, extension: str) -> None:
    folder = profile / "NativeMessagingHosts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ch.cern.cernvm.echo.json").write_text(
        json.dumps(
            {
                "name": "ch.cern.cernvm.echo",
                "description": "echo",
                "path": str(launcher),
                "type": "stdio",
                "allowed_origins": [f"chrome-extension://{extension}/"],
            }
        )
    )
