"""Administrators' policies of the browsers: do they keep extension and program apart? Read, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.installation import browsers

_CHROMIUM = {"chrome": "/etc/opt/chrome", "chromium": "/etc/chromium", "edge": "/etc/opt/edge"}
_WINDOWS = {"chrome": r"Software\Policies\Google\Chrome", "edge": r"Software\Policies\Microsoft\Edge"}
_FIREFOX = ("/etc/firefox/policies/policies.json", "/usr/lib/firefox/distribution/policies.json",
            "/usr/lib/firefox-esr/distribution/policies.json")  # fmt: skip
Policy = dict[str, object]
"""As it was read: nothing says that the values are of the kinds they should be."""
_BLOCKED = ("blocked", "removed")


def look(around: Surroundings) -> Iterator[Finding]:
    """Files on Linux, the registry on Windows; a Mac's managed preferences are the browser's own business."""
    findings: list[Finding] = []
    for browser, folder in _CHROMIUM.items():
        merged: Policy = {}
        managed = around.place(f"{folder}/policies/managed")
        for file in sorted(managed.glob("*.json")) if managed.is_dir() else ():
            content = _read(around, f"{folder}/policies/managed/{file.name}")
            if content is None:
                findings.append(Finding("policyUnreadable", {"file": str(file)}, part=browser))
            else:
                merged.update(content)
        findings += judge_chromium(browser, merged, folder)
    if around.registry is not None:
        for browser, key in _WINDOWS.items():
            findings += judge_chromium(browser, _registry(around, key), f"HKLM\\{key}")
    for path in _FIREFOX:
        if around.place(path).exists():
            content = _read(around, path)
            if content is None:
                findings.append(Finding("policyUnreadable", {"file": path}, part="firefox"))
            else:
                findings += judge_firefox(content.get("policies", {}), path)
    yield from findings or [Finding("policiesFine")]


def _read(around: Surroundings, path: str) -> Policy | None:
    try:
        value = json.loads(around.text(path))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _registry(around: Surroundings, key: str) -> Policy:
    assert around.registry is not None
    try:
        values = around.registry.values("HKLM", key)
        for name in around.registry.keys("HKLM", key):
            values[name] = list(around.registry.values("HKLM", f"{key}\\{name}").values())
        return values
    except OSError:
        return {}


def judge_chromium(browser: str, policy: Policy, where: str) -> list[Finding]:
    """The rules of Chrome, Chromium and Edge. Pure but for the browsers' names."""
    title, host = browsers.table()[browser]["title"], browsers.host_name()
    params: Params = {"browser": title, "where": where, "host": host}
    found = []
    allowed = _list(policy, "NativeMessagingAllowlist")
    blocked = _list(policy, "NativeMessagingBlocklist")
    if host not in allowed and (host in blocked or "*" in blocked):
        found.append(Finding("hostBlocked", params, part=browser))
    if policy.get("NativeMessagingUserLevelHosts") in (False, 0):
        found.append(Finding("userHostsForbidden", params, command="sudo cernvm-webapi install --system", part=browser))
    extension = _extension_id()
    settings = policy.get("ExtensionSettings")
    settings = _object(settings)
    mode = _object(settings.get(extension)).get("installation_mode")
    everything = _object(settings.get("*")).get("installation_mode")
    listed = extension in _list(policy, "ExtensionInstallAllowlist") or mode not in (None, *_BLOCKED)
    forced = any(str(item).startswith(extension) for item in _list(policy, "ExtensionInstallForcelist"))
    refused = {extension, "*"} & set(map(str, _list(policy, "ExtensionInstallBlocklist")))
    if mode in _BLOCKED or (not listed and not forced and (everything in _BLOCKED or refused)):
        found.append(Finding("extensionBlocked", {**params, "extension": extension}, part=browser))
    return found


def judge_firefox(policy: object, where: str) -> list[Finding]:
    """The rules of Firefox. Pure but for our own id."""
    extension = json.loads(browsers.manifest("firefox", ""))["allowed_extensions"][0]
    settings = _object(_object(policy).get("ExtensionSettings"))
    mode = _object(settings.get(extension, settings.get("*"))).get("installation_mode")
    if mode in _BLOCKED:
        return [
            Finding("extensionBlocked", {"browser": "Firefox", "where": where, "extension": extension}, part="firefox")
        ]
    return []


def _extension_id() -> str:
    origin: str = json.loads(browsers.manifest("chromium", ""))["allowed_origins"][0]
    return origin.split("/")[2]


def _object(value: object) -> Policy:
    if isinstance(value, str):
        # In the registry an object is JSON in a text.
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _list(policy: Policy, name: str) -> list[object]:
    value = policy.get(name)
    return value if isinstance(value, list) else []


CHECK = Check(
    __name__,
    look=look,
    advice={
        "policiesFine": Advice("ok"),
        "policyUnreadable": Advice("warning"),
        "hostBlocked": Advice("problem"),
        "userHostsForbidden": Advice("problem"),
        "extensionBlocked": Advice("problem"),
    },
)
