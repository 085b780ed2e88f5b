"""VirtualBox itself: is it there, whole, of a version that will do?"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from cvmwebapi.doctor import virtualbox_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.hypervisor import remote_display, versions
from cvmwebapi.provision import manual
from cvmwebapi.texts.phrase import detail


def look(around: Surroundings) -> Iterator[Finding]:
    """Missing, broken, too old; what concerns its driver has checks of its own."""
    # Package managers take a second to answer: asked meanwhile, and only waited for when it matters.
    install = _Install(around)
    facts = virtualbox_facts.of(around)
    found = judge(facts, "")
    yield found if found.advice == "virtualboxFine" else judge(facts, install.command(around.patience))
    if versions.parse(facts.answer):
        yield _pack(facts)


class _Install:
    def __init__(self, around: Surroundings) -> None:
        self._command = ""
        self._thread = threading.Thread(target=self._ask, args=(around,), name="package manager", daemon=True)
        self._thread.start()

    def _ask(self, around: Surroundings) -> None:
        def told(command: Sequence[str]) -> str:
            answer = around.run(command)
            return answer.text if answer.status == 0 else ""

        self._command = manual.command(around.system, around.environment.get("PATH"), told)

    def command(self, seconds: float) -> str:
        """What installs VirtualBox here; "" when that is not known in time."""
        self._thread.join(seconds)
        return self._command


def judge(facts: virtualbox_facts.Facts, install: str) -> Finding:
    """Pure. ``install`` is the command that installs it here, or ""."""
    if not facts.path:
        if facts.sandboxed:
            return Finding("virtualboxOutOfReach")
        return Finding("virtualboxMissing", command=install)
    if facts.status is None:
        return Finding("unknown", {"detail": detail("silent", path=facts.path)})
    version = versions.parse(facts.answer)
    if version is None:
        lines = facts.answer.strip().splitlines()
        reason = lines[-1][:200] if lines else detail("noAnswer")
        return Finding("virtualboxBroken", {"path": facts.path, "detail": reason}, command=install)
    params: Params = {"version": str(version), "path": facts.path, "oldest": str(versions.OLDEST)}
    if version < versions.OLDEST:
        return Finding("virtualboxOld", params, command=install)
    return Finding("virtualboxFine", params)


def _pack(facts: virtualbox_facts.Facts) -> Finding:
    # Nothing else of us needs one, and the server of the free VNC pack is never used.
    there = remote_display.rdp_among(facts.packs)
    return Finding("extensionPackThere" if there else "extensionPackNone", part="extension-pack")


CHECK = Check(
    __name__,
    look=look,
    advice={
        "virtualboxFine": Advice("ok"),
        "virtualboxMissing": Advice("problem"),
        "virtualboxOutOfReach": Advice("problem"),
        "virtualboxBroken": Advice("problem"),
        "virtualboxOld": Advice("problem"),
        "extensionPackThere": Advice("ok"),
        "extensionPackNone": Advice("ok"),
    },
    explains=(
        "hypervisorMissing",
        "hypervisorBroken",
        "hypervisorOld",
        "hypervisorFailed",
        "hypervisorTimeout",
        "virtualboxUnavailable",
    ),
)
