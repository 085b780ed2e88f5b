"""Policy files for browsers and for this program, from one set of values: Linux, macOS and Windows.

Formats: the browsers' own enterprise documentation. Each file is for a place of its own or holds keys of ours alone, so
that none need replace what an administrator has already.
"""

from __future__ import annotations

import json
import plistlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cvmwebapi.config import policy
from cvmwebapi.installation import administrative_template, registry_file
from cvmwebapi.installation.browsers import host_name, manifest

_CHROMIUM_FAMILY = {
    # name: (folder on Linux, domain on macOS, key on Windows)
    "chrome": ("etc/opt/chrome", "com.google.Chrome", r"Google\Chrome"),
    "chromium": ("etc/chromium", "org.chromium.Chromium", "Chromium"),
    "edge": ("etc/opt/edge", "com.microsoft.Edge", r"Microsoft\Edge"),
}
_NUMBER = "7370"
"""Of our entry in lists of the registry, whose entries have numbers: far from where administrators begin to count."""


def _id(family: str, key: str) -> str:
    (name,) = json.loads(manifest(family, ""))[key]
    return str(name)


CHROMIUM_ID = _id("chromium", "allowed_origins").split("/")[2]
FIREFOX_ID = _id("firefox", "allowed_extensions")


@dataclass(frozen=True)
class AddOn:
    """Where browsers get the add-on from; by default from the shops of their makers."""

    update_url: str = "https://clients2.google.com/service/update2/crx"
    """Of Chromium's family: an update manifest (XML) that names the .crx."""
    xpi_url: str = f"https://addons.mozilla.org/firefox/downloads/latest/{FIREFOX_ID}/latest.xpi"
    chromium_id: str = CHROMIUM_ID
    unsigned: bool = False
    """Let Firefox ESR take an add-on that Mozilla has not signed: for one's own builds."""


def all_files(values: Mapping[str, Any], add_on: AddOn) -> dict[str, bytes]:
    """Path below the output folder → content. ``values`` are checked settings, as JSON has them."""
    return {**_linux(values, add_on), **_macos(values, add_on), **_windows(values, add_on)}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _chromium(values: Mapping[str, Any], add_on: AddOn) -> dict[str, object]:
    forced = {"installation_mode": "force_installed", "update_url": add_on.update_url}
    settings = {"ExtensionSettings": {add_on.chromium_id: forced}, "NativeMessagingAllowlist": [host_name()]}
    return {**settings, "3rdparty": {"extensions": {add_on.chromium_id: dict(values)}}}


def _firefox(values: Mapping[str, Any], add_on: AddOn) -> dict[str, object]:
    forced = {"installation_mode": "force_installed", "install_url": add_on.xpi_url}
    policies: dict[str, object] = {
        "ExtensionSettings": {FIREFOX_ID: forced},
        "3rdparty": {"Extensions": {FIREFOX_ID: dict(values)}},
    }
    if add_on.unsigned:
        policies["Preferences"] = {"xpinstall.signatures.required": {"Value": False, "Status": "locked"}}
    return policies


def _linux(values: Mapping[str, Any], add_on: AddOn) -> dict[str, bytes]:
    chromium = _json(_chromium(values, add_on))
    files = {
        f"linux/{folder}/policies/managed/cernvm-webapi.json": chromium for folder, _, _ in _CHROMIUM_FAMILY.values()
    }
    files["linux/etc/firefox/policies/policies.json"] = _json({"policies": _firefox(values, add_on)})
    files["linux/etc/cernvm-webapi/policy.json"] = _json(dict(values))
    return files


def _macos(values: Mapping[str, Any], add_on: AddOn) -> dict[str, bytes]:
    domains: dict[str, dict[str, Any]] = {policy.DOMAIN: dict(values)}
    for _, domain, _ in _CHROMIUM_FAMILY.values():
        own = _chromium({}, add_on)
        # Chromium ignores the key "3rdparty" on macOS: the extension has a domain of its own.
        del own["3rdparty"]
        domains[domain] = own
        domains[f"{domain}.extensions.{add_on.chromium_id}"] = dict(values)
    domains["org.mozilla.firefox"] = {"EnterprisePoliciesEnabled": True, **_firefox(values, add_on)}
    files = {f"macos/{domain}.plist": plistlib.dumps(content) for domain, content in domains.items() if content}
    files["macos/cernvm-webapi.mobileconfig"] = plistlib.dumps(_profile(domains))
    return files


def _profile(domains: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """A configuration profile; its UUIDs follow from the names, so that a newer one replaces an older."""

    def payload(identifier: str, **more: Any) -> dict[str, object]:
        return {
            "PayloadIdentifier": identifier,
            "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, identifier)).upper(),
            "PayloadVersion": 1,
            **more,
        }

    content = [
        payload(f"{policy.DOMAIN}.policy.{domain}", PayloadType=domain, PayloadEnabled=True, **values)
        for domain, values in domains.items()
        if values
    ]
    return payload(
        f"{policy.DOMAIN}.policy",
        PayloadType="Configuration",
        PayloadDisplayName="CernVM WebAPI",
        PayloadScope="System",
        PayloadContent=content,
    )


def _windows(values: Mapping[str, Any], add_on: AddOn) -> dict[str, bytes]:
    keys: dict[str, dict[str, object]] = {policy.REGISTRY_KEY: _flat(values)}
    for _, _, vendor in _CHROMIUM_FAMILY.values():
        tree = _chromium({}, add_on)
        tree["NativeMessagingAllowlist"] = {_NUMBER: host_name()}
        tree["3rdparty"] = {"extensions": {add_on.chromium_id: {"policy": _flat(values)}}}
        keys[f"Software\\Policies\\{vendor}"] = tree
    as_texts = {name: json.dumps(value) if isinstance(value, list) else value for name, value in values.items()}
    keys[r"Software\Policies\Mozilla\Firefox"] = _firefox(as_texts, add_on)
    admx, adml = administrative_template.build()
    return {
        "windows/cernvm-webapi.reg": registry_file.build("HKEY_LOCAL_MACHINE", keys),
        "windows/cernvm-webapi.admx": admx,
        "windows/en-US/cernvm-webapi.adml": adml,
    }


def _flat(values: Mapping[str, Any]) -> dict[str, object]:
    """As the registry holds it: lists of texts are keys with numbered values, lists of objects one text of JSON."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            flat[name] = {str(number): item for number, item in enumerate(value, start=1)}
        else:
            flat[name] = json.dumps(value) if isinstance(value, list) else value
    return flat
