"""What the check policies has to say, made on purpose."""

from __future__ import annotations

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces, untouched


@produces("policyUnreadable")
def _(computer: Computer) -> None:
    computer.file("/etc/chromium/policies/managed/it.json", "{")


@produces("hostBlocked")
def _(computer: Computer) -> None:
    computer.json("/etc/chromium/policies/managed/it.json", {"NativeMessagingBlocklist": ["*"]})


@produces("userHostsForbidden")
def _(computer: Computer) -> None:
    computer.json("/etc/opt/chrome/policies/managed/it.json", {"NativeMessagingUserLevelHosts": False})


@produces("extensionBlocked")
def _(computer: Computer) -> None:
    policy = {"policies": {"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}}
    computer.json("/etc/firefox/policies/policies.json", policy)


produces("policiesFine")(untouched)
