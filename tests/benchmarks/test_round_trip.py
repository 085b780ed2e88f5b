"""Page → host → page with everything warm, beside a bare echo extension and host in the same browser."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from pathlib import Path

import pytest

from tests.browser.calls import begin, decide, outcome, request_session
from tests.drivers import NAMES, launch
from tests.drivers.browser import Page
from tests.lab.world import EXTENSION, World, blank_iso

RUNS = 500
HERE = Path(__file__).parent
ECHO = "ch.cern.cernvm.echo"


def times(page: Page, call: str) -> list[float]:
    """Milliseconds of each call, one after the other."""
    measured: list[float] = page.evaluate(
        f"""(async () => {{
            const all = [];
            for (let count = 0; count < {RUNS}; count++) {{
                const begun = performance.now();
                await {call};
                all.push(performance.now() - begun);
            }}
            return all;
        }})()"""
    )
    return measured


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name: str) -> None:
    with World(blank_iso()) as world:
        launcher = world.folder / "echo-host"
        launcher.write_text(f"#!{sys.executable}\n" + (HERE / "echo_host.py").read_text())
        launcher.chmod(0o755)
        profile, echo = world.folder / "profile-bare", _bare_extension(world.folder)
        _register(name, profile, world.folder, launcher)
        with launch(name, profile, echo, world.environment) as first:
            page = first.open(world.site)
            page.evaluate(
                """void (echo = () => new Promise((resolve) => {
                    addEventListener("message", function heard({data}) {
                        if (!data.answer) return;
                        removeEventListener("message", heard);
                        resolve();
                    });
                    postMessage({ask: {cold: false}}, "*");
                }))"""
            )
            times(page, "echo()")
            floor = statistics.median(times(page, "echo()"))
        with world.browser(name) as second:
            page = second.open(world.site)
            begin(page, request_session(f"{world.vmcp}?name=trip&memory=64&disk=0"))
            decide(second, "#allow")
            assert outcome(page)["name"] == "no error"
            times(page, "mine.getAsync('executionCap')")
            page.evaluate("new Promise((rest) => setTimeout(rest, 5000)).then(() => 1)")
            own = statistics.median(times(page, "mine.getAsync('executionCap')"))
            page.evaluate("mine.close().then(() => 1)")
    print(f"\n{name}: page to host and back, median of {RUNS}: bare {floor:.2f} ms, ours {own:.2f} ms")


def _bare_extension(folder: Path) -> Path:
    """The bare extension with our ids, for both browsers."""
    copy = folder / "echo-extension"
    shutil.copytree(HERE / "echo_extension", copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    ours = json.loads((EXTENSION / "manifest.json").read_text())
    manifest["key"] = ours["key"]
    manifest["browser_specific_settings"] = ours["browser_specific_settings"]
    manifest["background"] = {**manifest["background"], "scripts": [manifest["background"]["service_worker"]]}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def _register(name: str, profile: Path, home: Path, launcher: Path) -> None:
    from tests.drivers.registration import chromium_id, firefox_id

    folder = profile / "NativeMessagingHosts" if name == "chromium" else home / ".mozilla/native-messaging-hosts"
    folder.mkdir(parents=True, exist_ok=True)
    allowed = (
        {"allowed_origins": [f"chrome-extension://{chromium_id(EXTENSION)}/"]}
        if name == "chromium"
        else {"allowed_extensions": [firefox_id(EXTENSION)]}
    )
    manifest = {"name": ECHO, "description": "echo", "path": str(launcher), "type": "stdio", **allowed}
    (folder / f"{ECHO}.json").write_text(json.dumps(manifest))
