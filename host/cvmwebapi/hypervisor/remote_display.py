"""VirtualBox's remote display: an RDP server in the machine's own process, for this computer alone.

VirtualBox has it in itself since 7.2.6, before that in Oracle's extension pack. The free VNC pack takes its place where
that is the default; it listens on all addresses, whatever it is told, and so is never used.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import re

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import vm_process
from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.hypervisor.versions import LOOPBACK, RDP_BUILT_IN
from cvmwebapi.texts.codes import StepCode
from cvmwebapi.texts.phrase import Phrase, detail

TYPE_CHECKING = False
if TYPE_CHECKING:
    import psutil

USER = "cernvm"
_RDP_MODULE = "VBoxVRDP"
_FIELD = re.compile(r"^(VRDE Module|Usable):[ \t]*(\S*)", re.MULTILINE)
_STEP: StepCode = "remoteOn"


def rdp_among(listing: str) -> bool:
    """Whether a pack with the RDP server is among those that ``list extpacks`` shows, and can be used. Pure."""
    packs = re.split(r"^Pack no\.", listing, flags=re.MULTILINE)[1:]
    return any(dict(_FIELD.findall(pack)) == {"VRDE Module": _RDP_MODULE, "Usable": "true"} for pack in packs)


class RemoteDisplay:
    """Of one machine."""

    def __init__(self, vbox: VBoxManage, machine: Machine) -> None:
        self._vbox = vbox
        self._machine = machine

    def offered(self) -> bool:
        """Whether this VirtualBox has it at all. Raises ``CVMError`` of the hypervisor."""
        version = self._vbox.version
        if version is not None and version >= RDP_BUILT_IN:
            return True
        return rdp_among(self._vbox.run("list", "extpacks", step="listPacks"))

    def turn_on(self, port: int, password: str) -> None:
        """Let an RDP client of this computer in; the machine runs.

        Raises ``CVMError``: ``remoteUnsafe`` when anybody else could get in, too: it is off again then.
        """
        # VBoxAuthSimple, which comes with VirtualBox, takes passwords as their SHA-256.
        secret = hashlib.sha256(password.encode()).hexdigest()
        self._vbox.run("setextradata", self._machine.uuid, f"VBoxAuthSimple/users/{USER}", secret, step=_STEP)
        self._control("vrdeport", str(port))
        self._control("vrdeproperty", f"TCP/Address={LOOPBACK}")
        try:
            self._control("vrde", "on")
            danger = self._danger()
        except BaseException:
            self.turn_off()
            raise
        if danger:
            self.turn_off()
            raise CVMError("remoteUnsafe", detail=danger)

    def turn_off(self) -> None:
        """Fine when it is off already, and also when the machine is. Raises ``CVMError`` of the hypervisor."""
        try:
            self._vbox.call("controlvm", self._machine.uuid, "vrde", "off", step="remoteOff")
        except VBoxManageFailed:
            self._vbox.run("modifyvm", self._machine.uuid, "--vrde", "off", step="remoteOff")

    def _control(self, *words: str) -> None:
        self._machine.control(*words, step=_STEP)

    def _danger(self) -> Phrase | None:
        """Why it is not safe as it is now; ``None`` when it is."""
        info = self._machine.look().info
        if (info.get("vrdeaddress"), info.get("vrdeauthtype")) != (LOOPBACK, "external"):
            return detail("noPassword")
        process = vm_process.find(self._machine.files.log, self._machine.uuid)
        strangers = [address for address in listening(process) if not ipaddress.ip_address(address).is_loopback]
        return detail("listensOn", address=strangers[0]) if strangers else None


def listening(process: psutil.Process | None) -> list[str]:
    """The addresses that a process waits for connections on; none where the system does not tell."""
    import psutil

    if process is None:
        return []
    with contextlib.suppress(psutil.Error):
        # psutil 6 has renamed it.
        connections = getattr(process, "net_connections", None) or process.connections
        return [each.laddr.ip for each in connections("tcp") if each.status == psutil.CONN_LISTEN]
    return []
