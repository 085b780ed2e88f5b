"""Firefox, by WebDriver BiDi (playwright's Firefox does not reach the windows of an extension)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from tests.drivers import browser
from tests.drivers.bidi import Bidi, BidiError
from tests.drivers.browser import PATIENCE, Page, ScriptError, wait_for
from tests.drivers.registration import firefox_id

BINARY = "firefox-esr"
#: Fixed, so that the extension's pages have an address known beforehand.
UUID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "webapi.cernvm.cern.ch"))
KEYS = {
    "Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Space": " ", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
    "Shift": "\ue008", "Control": "\ue009", "Alt": "\ue00a", "F1": "\ue031", "F10": "\ue03a", "Backspace": "\ue003",
}  # fmt: skip


class Firefox(browser.Browser):
    """A Firefox with a profile of its own."""

    name = "firefox"

    def __init__(
        self,
        profile: Path,
        extension: Path | None,
        env: dict[str, str],
        headless: bool,
        dark: bool,
        lang: str,
        binary: Path | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        profile.mkdir(parents=True, exist_ok=True)
        _write_preferences(profile, firefox_id(extension) if extension else "none", dark, lang)
        # A process group of its own, so that a forced end takes its child processes along.
        self._process = subprocess.Popen(
            [
                str(binary or BINARY),
                *(["--headless"] if headless else []),
                "--no-remote",
                *("--profile", str(profile)),
                "--remote-debugging-port=0",
                # Else it doesn't let us open the extension's own pages.
                "-remote-allow-system-access",
                *arguments,
            ],
            env={**os.environ, **env},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._reader: threading.Thread | None = None
        try:
            assert self._process.stderr
            self.control = _announced_address(self._process.stderr)
            # Read on, or Firefox blocks once the pipe is full.
            self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
            self._reader.start()
            self._bidi = Bidi(self.control)
            if extension:
                self.install(extension)
        except BaseException:
            self._end()
            raise

    def open(self, url: str) -> Page:
        context = self._bidi.command("browsingContext.create", type="tab")["context"]
        page = FirefoxPage(self._bidi, context)
        page.goto(url)
        return page

    def pages(self) -> list[Page]:
        tree = self._bidi.command("browsingContext.getTree", maxDepth=0)["contexts"]
        return [FirefoxPage(self._bidi, entry["context"]) for entry in tree]

    def extension_url(self, path: str) -> str:
        return f"moz-extension://{UUID}/{path}"

    def install(self, extension: Path) -> None:
        self._bidi.command("webExtension.install", extensionData={"type": "path", "path": str(extension)})

    def kill_background(self) -> None:
        self._as_browser(
            f"WebExtensionPolicy.getByHostname('{UUID}').extension"
            ".terminateBackground({ignoreDevToolsAttached: true, disableResetIdleForTest: true}).then(() => '')"
        )

    def update_extension(self, extension: Path) -> None:
        self.install(extension)

    def discard_and_return(self, url: str, other: str) -> Page:
        find = "[...gBrowser.tabs].find((tab) => tab.linkedBrowser.currentURI.spec === {!r})"
        self._as_browser(
            f"(() => {{ kept = {find.format(url)}; gBrowser.selectedTab = {find.format(other)};"
            " return String(gBrowser.discardBrowser(kept, true)); })()"
        )
        wait_for(lambda: not self.find_window(url), "the page to go")
        self._as_browser("void (gBrowser.selectedTab = kept)")
        return self.wait_for_window(url)

    def _as_browser(self, script: str) -> None:
        """Evaluate in the browser's own window, with all its rights."""
        (window, *_) = self._bidi.command("browsingContext.getTree", maxDepth=0, **{"moz:scope": "chrome"})["contexts"]
        answer = self._bidi.command(
            "script.evaluate",
            expression=script,
            target={"context": window["context"]},
            awaitPromise=True,
            userActivation=False,
        )
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])

    def close(self) -> None:
        with contextlib.suppress(BidiError, OSError, TimeoutError, EOFError):
            self._bidi.command("browser.close")
        with contextlib.suppress(OSError):
            self._bidi.close()
        self._end()

    def _end(self) -> None:
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._reader:
            self._reader.join()
        if self._process.stderr:
            self._process.stderr.close()


class FirefoxPage(Page):
    """A tab or window of Firefox."""

    def __init__(self, bidi: Bidi, context: str) -> None:
        self._bidi = bidi
        self._context = context

    @property
    def url(self) -> str:
        try:
            return str(
                self._bidi.command("browsingContext.getTree", root=self._context, maxDepth=0)["contexts"][0]["url"]
            )
        except BidiError:
            return ""

    def evaluate(self, script: str) -> Any:
        # By way of JSON: BiDi's own form of values is long-winded. An element counts as something, as in Chromium.
        shown = "(name, part) => part instanceof Node ? 'an element' : part"
        expression = f"(async () => JSON.stringify(await ({script}), {shown}))()"
        try:
            answer = self._bidi.command(
                "script.evaluate",
                expression=expression,
                target={"context": self._context},
                awaitPromise=True,
                userActivation=False,
            )
        except BidiError as error:
            raise ScriptError(str(error)) from None
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def _click(self, selector: str, at_once: bool) -> None:
        element = wait_for(lambda: self._locate(selector), f"{selector} in {self.url}")
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": element}}
        actions = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.evaluate(f"document.querySelector({selector!r}).scrollIntoView({{block: 'nearest'}})")
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def _press(self, key: str) -> None:
        value = KEYS.get(key, key)
        actions = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def chord(self, *keys: str) -> None:
        values = [KEYS.get(key, key) for key in keys]
        actions = [{"type": "keyDown", "value": value} for value in values]
        actions += [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def screenshot(self, path: Path) -> None:
        shot = self._bidi.command("browsingContext.captureScreenshot", context=self._context, origin="document")
        path.write_bytes(base64.b64decode(shot["data"]))

    def resize(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        self._bidi.command("browsingContext.setViewport", context=self._context, viewport=viewport)

    def goto(self, url: str) -> None:
        self._bidi.command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def back(self) -> None:
        self._bidi.command("browsingContext.traverseHistory", context=self._context, delta=-1)

    def close(self) -> None:
        with _may_vanish():
            self._bidi.command("browsingContext.close", context=self._context)

    @property
    def closed(self) -> bool:
        return self.url == ""

    def _locate(self, selector: str) -> dict[str, Any] | None:
        found = self._bidi.command(
            "browsingContext.locateNodes", context=self._context, locator={"type": "css", "value": selector}
        )
        return next(({"sharedId": node["sharedId"]} for node in found["nodes"]), None)

    def _act(self, source: dict[str, Any]) -> None:
        with _may_vanish():
            self._bidi.command("input.performActions", context=self._context, actions=[source])


@contextlib.contextmanager
def _may_vanish() -> Iterator[None]:
    # What was clicked may have closed the window before the answer.
    try:
        yield
    except BidiError as error:
        if not re.search(r"no such frame|discarded|no such window", str(error)):
            raise


def _announced_address(stderr: IO[str]) -> str:
    end = time.monotonic() + PATIENCE
    seen = []
    for line in stderr:
        seen.append(line)
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
            return found[1]
        if time.monotonic() > end:
            break
    raise TimeoutError("Firefox did not say where to control it:\n" + "".join(seen))


def _write_preferences(profile: Path, extension_id: str, dark: bool, lang: str) -> None:
    preferences = {
        "extensions.webextensions.uuids": json.dumps({extension_id: UUID}),
        # Nothing of the outside world.
        "app.update.enabled": False,
        "browser.aboutwelcome.enabled": False,
        "browser.safebrowsing.malware.enabled": False,
        "browser.safebrowsing.phishing.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.startup.page": 0,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.update.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "data:,",
        "toolkit.telemetry.reportingpolicy.firstRun": False,
        # 0: dark, 1: light
        "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
        "intl.locale.requested": lang,
        "intl.accept_languages": f"{lang}, en",
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines))
